using System.Buffers;
using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>
/// Makes the fields of a known shape from the columns of a file (<c>dataset_mapping</c>). What comes out is a row like any other, whose shape is
/// then found by its fields.
/// </summary>
public sealed class RowMapping
{
    private static readonly string[] Known =
    [
        "text", "messages", "prompt", "completion", "chosen", "rejected", "label", "tools", "documents", "chat_template_kwargs", "system",
        "input_ids", "labels", "prompt_ids", "chosen_ids", "rejected_ids", "score_chosen", "score_rejected",
    ];

    private readonly IReadOnlyDictionary<string, MappedField> _fields;

    /// <summary>Creates a mapping.</summary>
    /// <param name="fields">What each field is made from.</param>
    /// <exception cref="ConfigurationException">A field is none that any shape reads.</exception>
    public RowMapping(IReadOnlyDictionary<string, MappedField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Count == 0) throw new ConfigurationException("the mapping is empty; give for example {prompt: '{question}', chosen: '{better}', rejected: '{worse}'}");
        if (fields.Keys.FirstOrDefault(field => !Known.Contains(field)) is { } stray)
            throw new ConfigurationException($"{stray} is no field of a row; expected {string.Join(", ", Known)}");
        _fields = fields;
    }

    /// <summary>Whether the fields are those of a preference row.</summary>
    public bool MakesPreferences => Has("chosen", "rejected") || Has("chosen_ids", "rejected_ids");

    /// <summary>The fields and what they are made from; equal mappings have equal texts.</summary>
    public override string ToString() => string.Join('\n', _fields.OrderBy(made => made.Key, StringComparer.Ordinal).Select(made => $"{made.Key} = {made.Value}"));

    /// <summary>The columns that are read.</summary>
    public IReadOnlyList<string> Columns => [.. _fields.Values.SelectMany(made => made.Columns).Distinct()];

    /// <summary>The row with the mapping's fields, and no others; it stays valid.</summary>
    /// <param name="row">A row of the file.</param>
    /// <exception cref="DatasetException">A column is missing, or a text is made of a column that holds none.</exception>
    public RowFields Apply(RowFields row)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var (name, field) in _fields)
            {
                json.WritePropertyName(name);
                field.Write(json, row);
            }
            json.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return new RowFields(JsonElement.ParseValue(ref reader), row.Source);
    }

    private bool Has(params IReadOnlyList<string> fields) => fields.All(_fields.ContainsKey);
}
