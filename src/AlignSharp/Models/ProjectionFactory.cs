namespace AlignSharp.Models;

/// <summary>Builds the projection of a site. Adapters and quantisation decorate this seam, so that model files never mention them.</summary>
/// <param name="site">The place to fill.</param>
/// <returns>A module that the model registers and owns.</returns>
public delegate Projection ProjectionFactory(ProjectionSite site);
