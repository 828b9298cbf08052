using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Data.Rows;

/// <summary>Preference data in files.</summary>
public static class PreferenceFiles
{
    /// <summary>Reads a file's preferences one after the other, in the shape of <see cref="Registry.Preference"/> that its first row shows.</summary>
    /// <param name="path">A data file.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">The file has no rows or none of a known shape, or a row is bad, which shows when it is reached.</exception>
    public static IEnumerable<PreferenceExample> Read(string path) => Dataset.OfFile(path).Preferences().Read();
}
