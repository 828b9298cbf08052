using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>Takes values for a column, with faults that name row and field.</summary>
internal static class ColumnValue
{
    private const string Others = "the first rows have";

    public static bool IsNull(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A field of an object; undefined, which counts as null, where it is absent.</summary>
    public static JsonElement Field(JsonElement value, string name) => !IsNull(value) && value.TryGetProperty(name, out var field) ? field : default;

    public static string Text(JsonElement value, ColumnShape shape, int row)
    {
        Require(value, shape, row, JsonValueKind.String);
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new RowMisfitException(row, shape.Path, "has a lone surrogate, which is no character; repair the text", error);
        }
    }

    public static bool Boolean(JsonElement value, ColumnShape shape, int row) =>
        value.ValueKind is JsonValueKind.True || (value.ValueKind is JsonValueKind.False ? false : throw shape.Misfit(value, row, Others));

    public static long Integer(JsonElement value, ColumnShape shape, int row) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw shape.Misfit(value, row, Others);

    public static double Number(JsonElement value, ColumnShape shape, int row)
    {
        Require(value, shape, row, JsonValueKind.Number);
        return double.IsFinite(value.GetDouble()) ? value.GetDouble() : throw new RowMisfitException(row, shape.Path, "is too large for a 64-bit number; write .jsonl");
    }

    public static void RequireList(JsonElement value, ColumnShape shape, int row) => Require(value, shape, row, JsonValueKind.Array);

    /// <summary>Requires an object without fields that the first rows do not have.</summary>
    public static void RequireObject(JsonElement value, ColumnShape shape, int row)
    {
        Require(value, shape, row, JsonValueKind.Object);
        if (shape.Unknown(value, row) is { } fault) throw fault;
    }

    private static void Require(JsonElement value, ColumnShape shape, int row, JsonValueKind kind)
    {
        if (value.ValueKind != kind) throw shape.Misfit(value, row, Others);
    }
}
