namespace AlignSharp.Data.Rows.Sources;

/// <summary>One source of rows: the meaning of <c>dataset_name</c> and what belongs to it, or of an entry of <c>datasets</c>.</summary>
/// <param name="Path">A file, a folder, or file names with wildcards.</param>
public sealed record DatasetPart(string Path)
{
    /// <summary>Configuration of a folder whose README.md names several (<c>dataset_config</c>); null for its default.</summary>
    public string? Config { get; init; }

    /// <summary>Folder inside of the folder that alone counts (<c>data_dir</c>); null for all of it.</summary>
    public string? DataDir { get; init; }

    /// <summary>The split; has no meaning for a file or wildcards. Default: train.</summary>
    public string Split { get; init; } = "train";

    /// <summary>How often this source is drawn from when several are interleaved; null where they follow one another.</summary>
    public double? Weight { get; init; }

    /// <summary>The only columns that are seen (TRL's <c>columns</c>); null for all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Makes the fields of a row from its columns; null where they are as a known shape has them.</summary>
    public RowMapping? Mapping { get; init; }

    /// <summary>What messages call the source.</summary>
    public override string ToString() => DataDir is null ? Path : System.IO.Path.Combine(Path, DataDir);
}
