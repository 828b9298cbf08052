using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>A <c>.txt</c> file, compressed or not, as texts of bounded length, so that it may be larger than memory.</summary>
internal static class PlainTextFile
{
    // Cut only in front of a line with text, so that a run of blank lines stays whole.
    private const int LongEnough = 1 << 16;

    /// <summary>Reads the texts one after the other; line ends become line feeds.</summary>
    /// <exception cref="ConfigurationException">The file is missing or cannot be read.</exception>
    /// <exception cref="DatasetException">The file is not UTF-8; thrown when it is reached.</exception>
    public static IEnumerable<string> Read(string path)
    {
        // A missing file shows here, not when the first text is asked for.
        var reader = Open(path);
        return ReadTexts(reader, path);
    }

    private static StreamReader Open(string path) =>
        new(DataFile.Open(path), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true));

    private static IEnumerable<string> ReadTexts(StreamReader reader, string path)
    {
        using var open = reader;
        var text = new StringBuilder();
        while (Line(reader, path) is { } line)
        {
            if (text.Length >= LongEnough && !string.IsNullOrWhiteSpace(line))
            {
                yield return text.ToString();
                text.Clear();
            }
            text.Append(line).Append('\n');
        }
        if (text.Length > 0) yield return text.ToString();
    }

    private static string? Line(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new DatasetException($"{path}: the file is not valid UTF-8; convert it to UTF-8.", error);
        }
    }
}
