using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Data for supervised fine-tuning and scoring in files.</summary>
public static class SftFiles
{
    /// <summary>Reads a file's examples one after the other, in the shape of <see cref="Registry.Sft"/> that its first row shows.</summary>
    /// <param name="path">A <c>.jsonl</c> or <c>.json</c> file.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">A row is bad, or there is none; thrown when it is reached.</exception>
    public static IEnumerable<SftExample> Read(string path) => RowFiles.Read(path, Registry.Sft);

    /// <summary>Reads a file's examples in one given shape.</summary>
    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">A <c>.jsonl</c> or <c>.json</c> file.</param>
    /// <param name="shape">The shape, for example of a <see cref="RowMapping"/>.</param>
    public static IEnumerable<SftExample> Read(string path, RowShape<SftExample> shape) => RowFiles.Read(path, [shape]);
}
