using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Data.Rows;

/// <summary>Data for supervised fine-tuning in files.</summary>
public static class SftFiles
{
    /// <summary>Reads a file's examples one after the other, in the shape of <see cref="Registry.Sft"/> that its first row shows.</summary>
    /// <param name="path">A data file.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">The file has no rows or none of a known shape, or a row is bad, which shows when it is reached.</exception>
    public static IEnumerable<SftExample> Read(string path) => Dataset.OfFile(path).FineTuning().Read();
}
