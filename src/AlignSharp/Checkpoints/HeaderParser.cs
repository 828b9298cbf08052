using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Checkpoints;

/// <summary>Reads the JSON object of a safetensors header; <see cref="SafetensorsHeader"/> checks what it says.</summary>
internal sealed class HeaderParser(string file)
{
    private readonly List<TensorEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Parses a header that starts with a brace and is valid UTF-8.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    public (List<TensorEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (NextProperty(ref reader, "the header", out var name))
        {
            if (!_names.Add(name)) throw Refuse($"the header names '{name}' twice");
            if (name == "__metadata__") ReadMetadata(ref reader);
            else _entries.Add(ReadEntry(ref reader, name));
        }
        // Reading on refuses anything but white space after the object.
        while (reader.Read()) { }
        return (_entries, _metadata);
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject) throw Refuse("__metadata__ is not an object of strings");
        while (NextProperty(ref reader, "__metadata__", out var key))
        {
            if (reader.TokenType != JsonTokenType.String) throw Refuse($"__metadata__ has the key '{key}' whose value is not a string");
            if (!_metadata.TryAdd(key, Text(ref reader))) throw Refuse($"__metadata__ names '{key}' twice");
        }
    }

    private TensorEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Refuse($"tensor '{name}' is not described by an object");
        string? dtype = null;
        long[]? shape = null, offsets = null;
        var fields = new HashSet<string>(StringComparer.Ordinal);
        while (NextProperty(ref reader, $"tensor '{name}'", out var field))
        {
            if (!fields.Add(field)) throw Refuse($"tensor '{name}' has the field '{field}' twice");
            switch (field)
            {
                case "dtype": dtype = ReadDtype(ref reader, name); break;
                case "shape": shape = ReadNumbers(ref reader, name, field); break;
                case "data_offsets": offsets = ReadNumbers(ref reader, name, field); break;
                default: reader.Skip(); break;
            }
        }
        if (dtype is null || shape is null || offsets is null) throw Refuse($"tensor '{name}' lacks one of dtype, shape, data_offsets");
        if (offsets.Length != 2) throw Refuse($"tensor '{name}' has {offsets.Length} data_offsets, expected 2");
        return new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private string ReadDtype(ref Utf8JsonReader reader, string name)
    {
        var dtype = reader.TokenType == JsonTokenType.String ? Text(ref reader) : throw Refuse($"tensor '{name}' has a dtype that is not a string");
        return SafetensorsDtype.Find(dtype)?.Name ?? throw Refuse($"tensor '{name}' has the unknown dtype '{dtype}'");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Refuse($"tensor '{name}' has a {field} that is not an array");
        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Refuse($"tensor '{name}' has a {field} with a value that is not a non-negative integer");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    /// <summary>Moves to the next property's value; false at the end of the object.</summary>
    private bool NextProperty(ref Utf8JsonReader reader, string where, out string name)
    {
        name = "";
        if (!reader.Read()) throw Refuse($"{where} ends before its closing brace");
        if (reader.TokenType == JsonTokenType.EndObject) return false;
        name = Text(ref reader);
        reader.Read();
        return true;
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Refuse("the header has a string with a lone surrogate", error);
        }
    }

    private ArtifactException Refuse(string what, Exception? inner = null) => SafetensorsHeader.Refuse(file, what, inner);
}
