namespace AlignSharp.Benchmarks.Render;

/// <summary>Figures of one template.</summary>
/// <param name="Template">Its name.</param>
/// <param name="Characters">Characters of one rendered conversation.</param>
/// <param name="RendersPerSecond">Renders a second on one thread, the best round: other work on the machine only ever slows one down.</param>
/// <param name="MedianPerSecond">The median round.</param>
internal sealed record RenderSide(string Template, int Characters, double RendersPerSecond, double MedianPerSecond);
