using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;

namespace AlignSharp.Checkpoints;

/// <summary>Typed reading of a JSON object's fields, with faults that name file and field.</summary>
/// <param name="file">Path of the file, for messages.</param>
/// <param name="json">The object.</param>
/// <param name="prefix">Path of the object in the file, for messages; empty at the top.</param>
internal sealed class ConfigFields(string file, JsonObject json, string prefix = "")
{
    public string File => file;

    public JsonObject Json => json;

    public IEnumerable<string> Keys => json.Select(p => p.Key);

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string key) => json[key] is not null;

    public int PositiveInt(string key, int? fallback = null)
    {
        var value = Int(key, fallback);
        return value > 0 ? value : throw Fault(key, $"is {value}", "a whole number above 0");
    }

    public int Int(string key, int? fallback = null)
    {
        if (!Has(key)) return fallback ?? throw Fault(key, "is missing", "a whole number");
        if (json[key] is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
        {
            if (value.TryGetValue<int>(out var whole)) return whole;
            if (value.TryGetValue<double>(out var real) && real == Math.Floor(real) && Math.Abs(real) <= int.MaxValue) return (int)real;
        }
        throw Fault(key, $"is {json[key]!.ToJsonString()}", "a whole number");
    }

    public double Number(string key, double? fallback = null)
    {
        if (!Has(key)) return fallback ?? throw Fault(key, "is missing", "a number");
        if (json[key] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var real) && double.IsFinite(real)) return real;
        throw Fault(key, $"is {json[key]!.ToJsonString()}", "a finite number");
    }

    public double PositiveNumber(string key, double? fallback = null)
    {
        var value = Number(key, fallback);
        return value > 0 ? value : throw Fault(key, $"is {value}", "a number above 0");
    }

    public bool Flag(string key, bool fallback)
    {
        if (!Has(key)) return fallback;
        return json[key]!.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fault(key, $"is {json[key]!.ToJsonString()}", "true or false"),
        };
    }

    public string? Text(string key)
    {
        if (!Has(key)) return null;
        return json[key]!.GetValueKind() == JsonValueKind.String ? json[key]!.GetValue<string>() : throw Fault(key, $"is {json[key]!.ToJsonString()}", "a string");
    }

    public ConfigFields? Object(string key)
    {
        if (!Has(key)) return null;
        return json[key] is JsonObject inner ? new ConfigFields(file, inner, $"{prefix}{key}.") : throw Fault(key, $"is {json[key]!.ToJsonString()}", "an object");
    }

    public ArtifactException Fault(string key, string found, string expected) =>
        new($"{file}: '{prefix}{key}' {found}; expected {expected}");

    public ArtifactException Unsupported(string key, string remedy) =>
        new($"{file}: '{prefix}{key}': {json[key]?.ToJsonString() ?? "null"} is not supported; {remedy}");
}
