using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;

namespace AlignSharp.Data.Rows;

/// <summary>Preference data in files and folders.</summary>
public static class PreferenceFiles
{
    /// <summary>Whether the first row of a file has the fields of a preference row.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AlignSharp.Data.Faults.DatasetException">The file or its first row cannot be read.</exception>
    public static bool AreIn(string path) => RowFormats.Read(path).Take(1).Any(row => Registry.Preference.Any(shape => shape.Fits(row))); // a row is readable only while it is the current one

    /// <summary>
    /// Reads a file's preferences one after the other, in the shape of <see cref="Registry.Preference"/> that its first row shows.
    /// </summary>
    /// <param name="path">A <c>.jsonl</c> or <c>.json</c> file.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">A row is bad, or there is none; thrown when it is reached.</exception>
    public static IEnumerable<PreferenceExample> Read(string path) => RowFiles.Read(path, Registry.Preference);

    /// <summary>Reads a file's preferences in one given shape.</summary>
    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">A <c>.jsonl</c> or <c>.json</c> file.</param>
    /// <param name="shape">The shape, for example of a <see cref="RowMapping"/>.</param>
    public static IEnumerable<PreferenceExample> Read(string path, RowShape<PreferenceExample> shape) => RowFiles.Read(path, [shape]);

    /// <inheritdoc cref="SplitFiles.Resolve"/>
    public static string Resolve(string nameOrFolder, string split = "train") => SplitFiles.Resolve(nameOrFolder, split);
}
