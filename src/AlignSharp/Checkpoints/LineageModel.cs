namespace AlignSharp.Checkpoints;

/// <summary>Something that a result was made from: a model, an adapter or a data file.</summary>
/// <param name="Path">Its folder or file as the run named it.</param>
/// <param name="Sha256">SHA-256 over its files, a model's being <see cref="ModelFolder.Files"/>, as <see cref="Data.Files.FileHash.Sha256(IEnumerable{string}, CancellationToken)"/> gives it.</param>
public sealed record LineageModel(string? Path, string Sha256)
{
    /// <summary>Hashes a model folder; reads all of it.</summary>
    /// <param name="folder">A Hugging Face model folder.</param>
    /// <param name="cancellation">Checked between files.</param>
    /// <exception cref="Data.Faults.ArtifactException">It has no weights that can be read.</exception>
    public static LineageModel Of(string folder, CancellationToken cancellation = default) => new(folder, Data.Files.FileHash.Sha256(ModelFolder.Files(folder), cancellation));
}
