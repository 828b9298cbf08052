using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// Rows of <c>.json</c>: an array of objects, which is read row by row, or an object of columns, lists of one length, which is read whole.
/// </summary>
internal static class JsonFileRows
{
    /// <summary>Largest object of columns, in bytes after decompression; an array of rows may be of any size.</summary>
    private const int MaxColumnsBytes = 512 << 20;

    public static IEnumerable<RowFields> Read(ReadRequest request)
    {
        using var elements = new JsonArrayReader(DataFile.Open(request.Path), request.Path);
        return elements.First() switch
        {
            0 => throw new DatasetException($"{request.Path}: not valid JSON: the file is empty; expected an array of rows or an object of columns in UTF-8."),
            (byte)'[' => ReadArray(request),
            (byte)'{' => ReadColumns(request),
            _ => throw new DatasetException($"{request.Path}: not valid JSON: the file is neither an array nor an object; expected an array of rows or an object of columns in UTF-8."),
        };
    }

    private static IEnumerable<RowFields> ReadArray(ReadRequest request)
    {
        using var elements = new JsonArrayReader(DataFile.Open(request.Path), request.Path);
        while (elements.Next())
        {
            if (elements.Number <= request.Skip) continue;
            using var document = Parse(elements, request);
            if (document is not null) yield return new RowFields(document.RootElement, request.At(elements.Number));
        }
    }

    private static JsonDocument? Parse(JsonArrayReader elements, ReadRequest request)
    {
        var source = request.At(elements.Number);
        try
        {
            var document = StrictJson.Parse(elements.Element);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            request.Report(JsonLineRows.NoObject(source));
        }
        catch (JsonException error)
        {
            request.Report(new DatasetException($"{source}: the row is not valid JSON: {StrictJson.OneLine(error)}; expected an object in UTF-8.", error));
        }
        return null;
    }

    private static IEnumerable<RowFields> ReadColumns(ReadRequest request)
    {
        using var document = ParseColumns(request.Path);
        var columns = document.RootElement.EnumerateObject().Select(column => (column.Name, Values: column.Value.EnumerateArray())).ToArray();
        var count = document.RootElement.EnumerateObject().First().Value.GetArrayLength();
        using var buffer = new RowBuffer();
        for (var row = 1; row <= count; row++)
        {
            // Enumerators are values: they move where they stand.
            for (var i = 0; i < columns.Length; i++) columns[i].Values.MoveNext();
            if (row > request.Skip && Row(columns, buffer, request, row) is { } element) yield return new RowFields(element, request.At(row));
        }
    }

    private static JsonElement? Row((string Name, JsonElement.ArrayEnumerator Values)[] columns, RowBuffer buffer, ReadRequest request, int row)
    {
        var json = buffer.Begin();
        foreach (var (name, values) in columns)
        {
            json.WritePropertyName(name);
            try
            {
                values.Current.WriteTo(json);
            }
            catch (InvalidOperationException error)
            {
                request.Report(new DatasetException($"{request.At(row)}: field '{name}' has a lone surrogate, which is no character; repair the text.", error));
                return null;
            }
        }
        return buffer.End();
    }

    private static JsonDocument ParseColumns(string path)
    {
        JsonDocument document;
        try
        {
            document = StrictJson.Parse(ReadWhole(path));
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{path}: not valid JSON: {StrictJson.OneLine(error)}; expected an array of rows or an object of columns in UTF-8.", error);
        }
        if (ColumnsFault(document.RootElement) is not { } fault) return document;
        document.Dispose();
        throw new DatasetException($"{path}: the file is not an array of rows, and not an object of columns: {fault}; wrap the rows in [ ], or name it .jsonl if it has one object a line.");
    }

    private static string? ColumnsFault(JsonElement root)
    {
        var columns = root.EnumerateObject().ToList();
        if (columns.Count == 0) return "it has no fields";
        var other = columns.Find(column => column.Value.ValueKind != JsonValueKind.Array);
        if (other.Value.ValueKind != JsonValueKind.Undefined) return $"the field '{other.Name}' is no list";
        var length = columns[0].Value.GetArrayLength();
        var uneven = columns.Find(column => column.Value.GetArrayLength() != length);
        if (uneven.Value.ValueKind != JsonValueKind.Undefined) return $"the list '{uneven.Name}' has {uneven.Value.GetArrayLength()} values where '{columns[0].Name}' has {length}";
        return columns is [{ Value: var only }] && length > 0 && only.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Object)
            ? $"its only field '{columns[0].Name}' holds whole rows, write that list alone into the file"
            : null;
    }

    private static ReadOnlyMemory<byte> ReadWhole(string path)
    {
        using var content = DataFile.Open(path);
        using var whole = new MemoryStream();
        var block = new byte[1 << 20];
        while (content.Read(block) is > 0 and var read)
        {
            if (whole.Length + read > MaxColumnsBytes) throw new DatasetException($"{path}: more than {MaxColumnsBytes >> 20} MiB are too many for an object of columns, which is read whole; convert it to .jsonl or .parquet.");
            whole.Write(block, 0, read);
        }
        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }
}
