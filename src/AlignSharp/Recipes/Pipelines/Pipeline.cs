namespace AlignSharp.Recipes.Pipelines;

/// <summary>The stages of a pipeline file, in order.</summary>
/// <param name="File">The file.</param>
/// <param name="OutputDir">Folder that keeps the pipeline's state.</param>
/// <param name="Stages">The stages.</param>
public sealed record Pipeline(string File, string OutputDir, IReadOnlyList<PipelineStage> Stages);
