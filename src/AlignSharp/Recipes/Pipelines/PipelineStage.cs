namespace AlignSharp.Recipes.Pipelines;

/// <summary>One stage: a command of <c>align</c> with everything that it is given, names of other stages' outputs put in.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Words">The command line without <c>align</c>.</param>
/// <param name="ConfigFile">The configuration file among the words, or null.</param>
/// <param name="OutputDir">Folder that it writes, or null.</param>
/// <param name="StandardOutput">File that gets what it writes to standard output, or null.</param>
public sealed record PipelineStage(string Name, IReadOnlyList<string> Words, string? ConfigFile, string? OutputDir, string? StandardOutput);
