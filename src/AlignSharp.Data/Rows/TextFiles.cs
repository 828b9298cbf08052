using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;

namespace AlignSharp.Data.Rows;

/// <summary>Files of plain texts: to tokenise, to decode, or to complete.</summary>
public static class TextFiles
{
    private static readonly RowShape<TextRow>[] TextShape = [new("text", ["text"], row => new TextRow(row.Text("text"), row.Source))];
    private static readonly RowShape<IdsRow>[] IdsShape = [new("token ids", ["ids"], row => new IdsRow(row.Ids("ids"), row.Source))];

    /// <summary>Reads the field <c>text</c> of a file's rows one after the other.</summary>
    /// <param name="path">A <c>.jsonl</c> or <c>.json</c> file.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">A row is bad, or there is none; thrown when it is reached.</exception>
    public static IEnumerable<TextRow> Texts(string path) => RowFiles.Read(path, TextShape);

    /// <summary>Reads the field <c>ids</c> of a file's rows one after the other.</summary>
    /// <inheritdoc cref="Texts"/>
    public static IEnumerable<IdsRow> Ids(string path) => RowFiles.Read(path, IdsShape);

    /// <summary>
    /// All text of a file, whatever its shape, one piece after the other: a <c>.txt</c> file's in pieces of many lines, of the rows of other
    /// files each field that is text.
    /// </summary>
    /// <param name="path">A <c>.txt</c> file, compressed or not, or a data file of any format.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">A row is bad, or there is no text; thrown when it is reached.</exception>
    public static IEnumerable<string> Corpus(string path)
    {
        var texts = RowFormats.IsPlainText(path)
            ? PlainTextFile.Read(path)
            : RowFormats.Read(path).SelectMany(row => row.Fields.Where(field => field.Value.ValueKind == JsonValueKind.String).Select(field => row.Text(field.Name)));
        return RequireAny(texts, path);
    }

    /// <summary>Reads a file's prompts one after the other, in the shape of <see cref="Registry.Prompt"/> that its first row shows.</summary>
    /// <inheritdoc cref="Texts"/>
    public static IEnumerable<TextExample> Prompts(string path) => RowFiles.Read(path, Registry.Prompt);

    private static IEnumerable<string> RequireAny(IEnumerable<string> texts, string path)
    {
        var isEmpty = true;
        foreach (var text in texts)
        {
            isEmpty &= string.IsNullOrWhiteSpace(text);
            yield return text;
        }
        if (isEmpty) throw new DatasetException($"{path}: the file has no text; rows need fields that are text (lists of messages are not read).");
    }
}
