namespace AlignSharp.Recipes.Demo;

/// <summary>What the demo did and measured.</summary>
/// <param name="Seconds">Wall time of the whole demo.</param>
/// <param name="PeakMib">Largest resident memory of the process, MiB.</param>
/// <param name="Before">Figures of the undecided model.</param>
/// <param name="After">Figures of the aligned model.</param>
/// <param name="Topics">Answer quality by topic, before and after.</param>
/// <param name="Examples">Three answers side by side.</param>
/// <param name="Paths">Where the files are.</param>
public sealed record DemoReport(
    double Seconds, double PeakMib, DemoFigures Before, DemoFigures After, IReadOnlyList<DemoTopicQuality> Topics, IReadOnlyList<DemoExample> Examples, DemoPaths Paths);
