using AlignSharp.Data.Faults;

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

    /// <summary>Reads a file's prompts one after the other, in the shape of <see cref="Registry.Prompt"/> that its first row shows.</summary>
    /// <inheritdoc cref="Texts"/>
    public static IEnumerable<TextExample> Prompts(string path) => RowFiles.Read(path, Registry.Prompt);
}
