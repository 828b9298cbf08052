using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Text with a row's fields in braces, such as <c>Question: {question}\n\nAnswer: {response_j}</c>; <c>{{</c> and <c>}}</c> are braces themselves.</summary>
public sealed class ColumnTemplate
{
    private readonly List<(string Text, string? Field)> _parts = [];

    private ColumnTemplate(string text) => Text = text;

    /// <summary>The template as it was given.</summary>
    public string Text { get; }

    /// <summary>The fields that it names, in order.</summary>
    public IReadOnlyList<string> Fields => [.. _parts.Where(part => part.Field is not null).Select(part => part.Field!)];

    /// <summary>The field that the text is nothing but; null where there is more.</summary>
    public string? OnlyField => _parts is [("", { } name)] ? name : null;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ConfigurationException">A brace has no partner, or a field no name.</exception>
    public static ColumnTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var template = new ColumnTemplate(text);
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var isDoubled = i + 1 < text.Length && text[i + 1] == text[i];
            switch (text[i])
            {
                case '{' or '}' when isDoubled:
                    literal.Append(text[i++]);
                    break;
                case '{':
                    var end = text.IndexOf('}', i);
                    if (end <= i + 1) throw new ConfigurationException($"template '{Shortened(text)}': the brace at character {i + 1} {(end < 0 ? "is never closed" : "names no field")}; write {{field}}, or {{{{ for a brace");
                    template._parts.Add((literal.ToString(), text[(i + 1)..end].Trim()));
                    literal.Clear();
                    i = end;
                    break;
                case '}':
                    throw new ConfigurationException($"template '{Shortened(text)}': the brace at character {i + 1} closes nothing; write }}}} for a brace");
                default:
                    literal.Append(text[i]);
                    break;
            }
        }
        if (literal.Length > 0) template._parts.Add((literal.ToString(), null));
        return template;
    }

    /// <summary>The text for one row.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="DatasetException">A field is missing or not text.</exception>
    public string Fill(RowFields row)
    {
        var text = new StringBuilder();
        foreach (var (literal, field) in _parts)
        {
            text.Append(literal);
            if (field is not null) text.Append(row.Text(field));
        }
        return text.ToString();
    }

    private static string Shortened(string text)
    {
        const int longest = 60;
        var line = text.ReplaceLineEndings("\\n");
        return line.Length <= longest ? line : line[..longest] + "...";
    }
}
