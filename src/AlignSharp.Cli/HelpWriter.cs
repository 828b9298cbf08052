using System.CommandLine;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Cli;

/// <summary>Prints the help of a command whose options are configuration keys: headings, each key with its default and one explanation.</summary>
internal sealed class HelpWriter : HelpPage
{
    private const int NarrowestExplanation = 30;
    private const int WidestExplanation = 100;
    private readonly string _usage;
    private readonly string _purpose;
    private readonly KeyTable _table;
    private readonly int _width;

    /// <summary>Prepares the help.</summary>
    /// <param name="usage">How to call the command.</param>
    /// <param name="purpose">What it does, in one sentence.</param>
    /// <param name="table">Its keys; the honoured ones are listed.</param>
    /// <param name="width">Columns of the terminal.</param>
    public HelpWriter(string usage, string purpose, KeyTable table, int width)
    {
        _usage = usage;
        _purpose = purpose;
        _table = table;
        _width = width;
    }

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.InvocationConfiguration.Output);
        return ExitCodes.Done;
    }

    /// <summary>Writes the help.</summary>
    /// <param name="writer">Where to write; it is not closed.</param>
    public void Write(TextWriter writer)
    {
        Paragraph(writer, _purpose);
        writer.WriteLine();
        writer.WriteLine($"Usage: {_usage}");
        writer.WriteLine();
        Paragraph(writer, "Options are TRL's keys, with underscores or dashes; --config FILE reads the same keys from YAML, and options win over it. "
            + "Each key's default stands in brackets.");
        var honoured = _table.Keys.Where(key => key.Kind == KeyKind.Honoured && key.AliasOf is null).ToList();
        var column = honoured.Max(key => Label(key).Length) + 4;
        foreach (var group in Enum.GetValues<KeyGroup>())
        {
            writer.WriteLine();
            writer.WriteLine(ConfigurationDocument.Title(group) + ":");
            foreach (var key in honoured.Where(key => key.Group == group)) Row(writer, Label(key), Explanation(key), column);
        }
        writer.WriteLine();
        Paragraph(writer, "TRL's and transformers' other keys are accepted where they have nothing to do here, and refused by name where they would change the result; "
            + "docs/configuration.md lists them all.");
    }

    private static string Label(ConfigurationKey key) => key.Default == "null" ? $"--{key.Name}" : $"--{key.Name} [{key.Default}]";

    private static string Explanation(ConfigurationKey key) =>
        key.Choices.Count > 1 && key.Name != "reference" ? $"{key.Explanation} ({string.Join(", ", key.Choices)})" : key.Explanation;

    private void Row(TextWriter writer, string label, string explanation, int column)
    {
        // On a narrow terminal the explanation stands below its key.
        var beside = _width - column >= NarrowestExplanation + 20;
        var indent = beside ? column : 6;
        if (!beside) writer.WriteLine("  " + label);
        var first = true;
        foreach (var line in Wrap(explanation, Math.Clamp(_width - indent - 1, NarrowestExplanation, WidestExplanation)))
        {
            writer.WriteLine((first && beside ? ("  " + label).PadRight(column) : new string(' ', indent)) + line);
            first = false;
        }
    }

    private void Paragraph(TextWriter writer, string text)
    {
        foreach (var line in Wrap(text, Math.Clamp(_width - 1, NarrowestExplanation, WidestExplanation + 20))) writer.WriteLine(line);
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : line + " " + word;
        }
        yield return line;
    }
}
