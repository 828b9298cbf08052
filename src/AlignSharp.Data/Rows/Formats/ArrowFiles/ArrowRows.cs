using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats.ArrowFiles;

/// <summary>
/// Rows of <c>.arrow</c>, a record batch in memory at a time, in the JSON that <see cref="ParquetFiles.ParquetRows"/> gives. A row's number counts from 1.
/// </summary>
internal static class ArrowRows
{
    public static IEnumerable<RowFields> Read(ReadRequest request)
    {
        using var source = new ArrowSource(request.Path);
        using var buffer = new RowBuffer();
        var number = 0;
        while (source.Next() is { } batch)
        {
            using var open = batch;
            if (batch.Length <= request.Skip - number)
            {
                number += batch.Length;
                continue;
            }
            var cells = source.Cells(batch);
            for (var row = Math.Max(0, request.Skip - number); row < batch.Length; row++)
                if (Row(source, cells, row, buffer, request, number + row + 1) is { } element) yield return new RowFields(element, request.At(number + row + 1));
            number += batch.Length;
        }
    }

    private static JsonElement? Row(ArrowSource source, ArrowCells.Cell[] cells, int row, RowBuffer buffer, ReadRequest request, int number)
    {
        var json = buffer.Begin();
        try
        {
            for (var i = 0; i < source.Names.Length; i++)
            {
                json.WritePropertyName(source.Names[i]);
                cells[i](json, row);
            }
            return buffer.End();
        }
        catch (InvalidDataException error)
        {
            request.Report(new DatasetException($"{request.At(number)}: {error.Message}.", error));
            return null;
        }
        catch (Exception error) when (error is not AlignSharpException)
        {
            throw source.Uneven(error);
        }
    }
}
