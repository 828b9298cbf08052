using System.Text.Json;
using AlignSharp.Testing;

namespace AlignSharp.Data.Tests.Tokenizers;

/// <summary>Reads golden JSONL files of text cases.</summary>
internal static class GoldenLines
{
    public static IEnumerable<JsonElement> Read(string relative)
        => File.ReadLines(Golden.Path(relative)).Select(line => JsonDocument.Parse(line).RootElement);

    public static int[] Ids(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    public static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
