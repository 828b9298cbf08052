using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>
/// Makes the fields of a known shape from the columns of a file (<c>dataset_mapping</c>): <c>text</c>, or <c>prompt</c> and <c>completion</c>, or
/// <c>prompt</c>, <c>chosen</c> and <c>rejected</c>, each a <see cref="ColumnTemplate"/>.
/// </summary>
/// <param name="templates">A template a field.</param>
public sealed class RowMapping(IReadOnlyDictionary<string, ColumnTemplate> templates)
{
    private const string Key = "dataset_mapping";

    private IReadOnlyList<string> Columns => [.. templates.Values.SelectMany(template => template.Fields).Distinct()];

    /// <summary>Whether the fields are those of a preference row.</summary>
    public bool MakesPreferences => Has("prompt", "chosen", "rejected");

    /// <summary>The shape for supervised fine-tuning.</summary>
    /// <exception cref="ConfigurationException">The mapping's fields make no such shape.</exception>
    public RowShape<SftExample> ForFineTuning()
    {
        if (Has("text")) return new(Key, Columns, row => new SftTextRow(Required("text", row), row.Source));
        if (Has("prompt", "completion")) return new(Key, Columns, row => new SftCompletionRow(Fill("prompt", row), Required("completion", row), row.Source));
        throw Unknown("text; or prompt and completion");
    }

    /// <summary>The shape for preference training.</summary>
    /// <exception cref="ConfigurationException">The mapping's fields make no such shape.</exception>
    public RowShape<PreferenceExample> ForPreferences() => MakesPreferences
        ? new(Key, Columns, row => PreferenceShapes.Different(new PreferenceRow(Fill("prompt", row), Required("chosen", row), Required("rejected", row), row.Source)))
        : throw Unknown("prompt, chosen and rejected");

    private bool Has(params IReadOnlyList<string> fields) => templates.Count == fields.Count && fields.All(templates.ContainsKey);

    private string Fill(string field, RowFields row) => templates[field].Fill(row);

    private string Required(string field, RowFields row)
    {
        var text = Fill(field, row);
        return string.IsNullOrWhiteSpace(text)
            ? throw new DatasetException($"{row.Source}: {Key} makes an empty '{field}' of the row; fill its columns or remove it.")
            : text;
    }

    private ConfigurationException Unknown(string expected) => new($"{Key}: the fields [{string.Join(", ", templates.Keys)}] make no row; expected {expected}");
}
