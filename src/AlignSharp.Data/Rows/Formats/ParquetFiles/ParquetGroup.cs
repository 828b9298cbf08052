namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A row group.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Chunks">A column chunk for each leaf of the schema, in its order.</param>
internal sealed record ParquetGroup(long Rows, IReadOnlyList<ParquetChunk> Chunks);
