using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>The type of a field, which grows with the values that are shown to it and then is kept.</summary>
internal sealed class ColumnShape(string path)
{
    private const int MaxDepth = 24;

    private readonly Dictionary<string, ColumnShape> _byName = new(StringComparer.Ordinal);
    private readonly List<(string Name, ColumnShape Shape)> _fields = [];

    /// <summary>The names down to it, for messages.</summary>
    public string Path { get; } = path;

    /// <summary>The type.</summary>
    public ColumnKind Kind { get; private set; }

    /// <summary>The elements of a list.</summary>
    public ColumnShape? Element { get; private set; }

    /// <summary>The fields of an object, in the order in which they were seen.</summary>
    public IReadOnlyList<(string Name, ColumnShape Shape)> Fields => _fields;

    /// <summary>Makes room for a value.</summary>
    /// <exception cref="RowMisfitException">It is of another type than those before it.</exception>
    public void Include(JsonElement value, int row, int depth = 0)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        if (depth > MaxDepth) throw new RowMisfitException(row, Path, "nests too deeply for columns; write .jsonl");
        var kind = KindOf(value);
        if (Kind == ColumnKind.Unknown || (Kind == ColumnKind.Integer && kind == ColumnKind.Number)) Kind = kind;
        else if (Kind != kind && !(Kind == ColumnKind.Number && kind == ColumnKind.Integer)) throw Misfit(value, row, "rows before it have");
        if (kind == ColumnKind.Object) IncludeFields(value, row, depth);
        if (kind != ColumnKind.List) return;
        Element ??= new ColumnShape(Path);
        foreach (var element in value.EnumerateArray()) Element.Include(element, row, depth + 1);
    }

    /// <summary>Ends the growth: what was null throughout becomes text.</summary>
    /// <exception cref="RowMisfitException">A column has no type that a file can have.</exception>
    public void Keep(int rows)
    {
        if (Kind == ColumnKind.Unknown) Kind = ColumnKind.Text;
        if (Kind == ColumnKind.Object && _fields.Count == 0) throw new RowMisfitException(rows, Path, "is an object without fields, which columns cannot say; write .jsonl, or leave it out");
        Element?.Keep(rows);
        foreach (var (_, shape) in _fields) shape.Keep(rows);
    }

    /// <summary>The fault of a value of another type.</summary>
    public RowMisfitException Misfit(JsonElement value, int row, string others) =>
        new(row, Path, $"has {Words(KindOf(value))} where {others} {Words(Kind)}, and a column has one type; write .jsonl, or make the values alike");

    /// <summary>The fault of a field that the first rows do not have.</summary>
    public RowMisfitException? Unknown(JsonElement value, int row)
    {
        foreach (var field in value.EnumerateObject())
            if (!_byName.ContainsKey(field.Name)) return new RowMisfitException(row, Path.Length == 0 ? field.Name : $"{Path}.{field.Name}", "is not in the first rows, whose fields are the file's columns; write .jsonl, or put a row that has it first");
        return null;
    }

    private void IncludeFields(JsonElement value, int row, int depth)
    {
        foreach (var field in value.EnumerateObject())
        {
            if (!_byName.TryGetValue(field.Name, out var shape))
            {
                shape = _byName[field.Name] = new ColumnShape(Path.Length == 0 ? field.Name : $"{Path}.{field.Name}");
                _fields.Add((field.Name, shape));
            }
            shape.Include(field.Value, row, depth + 1);
        }
    }

    private static ColumnKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => ColumnKind.Text,
        JsonValueKind.True or JsonValueKind.False => ColumnKind.Boolean,
        JsonValueKind.Number => value.TryGetInt64(out _) ? ColumnKind.Integer : ColumnKind.Number,
        JsonValueKind.Array => ColumnKind.List,
        JsonValueKind.Object => ColumnKind.Object,
        _ => ColumnKind.Unknown,
    };

    private static string Words(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => "text",
        ColumnKind.Boolean => "a boolean",
        ColumnKind.Integer => "an integer",
        ColumnKind.Number => "a fraction",
        ColumnKind.List => "a list",
        ColumnKind.Object => "an object",
        _ => "null",
    };
}
