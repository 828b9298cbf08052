using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// Rows of <c>.parquet</c>, a row group in memory at a time: lists, structs and maps nested as they are; NaN and infinity become null, dates
/// and times ISO text, decimals numbers with all digits, bytes text. A row's number counts from 1.
/// </summary>
internal static class ParquetRows
{
    public static IEnumerable<RowFields> Read(ReadRequest request)
    {
        using var source = new ParquetSource(request.Path);
        using var buffer = new RowBuffer();
        var number = 0;
        for (var group = 0; group < source.Groups.Count; group++)
        {
            var rows = (int)source.Groups[group].Rows;
            if (rows <= request.Skip - number)
            {
                number += rows;
                continue;
            }
            source.Load(group);
            var starts = new int[source.Row.Columns.Count];
            for (var row = 0; row < rows; row++)
            {
                if (Row(source, group, starts, buffer, request, ++number) is { } element) yield return new RowFields(element, request.At(number));
            }
        }
    }

    private static JsonElement? Row(ParquetSource source, int group, int[] starts, RowBuffer buffer, ReadRequest request, int number)
    {
        var columns = source.Row.Columns;
        try
        {
            for (var i = 0; i < starts.Length; i++) starts[i] = columns[i].RowStart();
            if (number > request.Skip)
            {
                source.Row.WriteParts(buffer.Begin());
                return buffer.End();
            }
        }
        catch (InvalidDataException error)
        {
            request.Report(new DatasetException($"{request.At(number)}: {error.Message}.", error));
        }
        catch (Exception error) when (error is not AlignSharpException)
        {
            throw source.Uneven(group, error);
        }
        for (var i = 0; i < starts.Length; i++) columns[i].PassRow(starts[i]);
        return null;
    }
}
