using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using AlignSharp.Benchmarks.Tokenize;
using AlignSharp.Data.Rows.Formats;
using Parquet;
using Parquet.Serialization;

namespace AlignSharp.Benchmarks.Read;

/// <summary>The same generated rows in every format.</summary>
internal static class PairFiles
{
    /// <summary>Name of the file whose lines the baseline reads.</summary>
    public const string Lines = "pairs.jsonl";

    private const int PromptCharacters = 300, AnswerCharacters = 450, Seed = 1;
    private const int SnappyGroupRows = 2_048, ZstdGroupRows = 20_000;
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the files and names them: what the table calls them, and the file.</summary>
    public static IReadOnlyList<(string Name, string File)> Write(string folder, int rows)
    {
        List<GeneratedPair> pairs = [.. new GeneratedText(Seed).RowsOf(rows).Select(Pair)];
        var files = new List<(string, string)> { ("JSONL", Lines), ("JSONL, gzip", "pairs.jsonl.gz"), ("JSONL, zstd", "pairs.jsonl.zst"), ("JSON array", "pairs.json"), ("Arrow stream", "pairs.arrow") };
        foreach (var (_, file) in files) WriteRows(Path.Combine(folder, file), pairs, pair => pair);
        files.Insert(4, ("CSV (texts)", "pairs.csv"));
        WriteRows(Path.Combine(folder, "pairs.csv"), pairs, pair => new { prompt = pair.Prompt, chosen = pair.Chosen[1].Content, rejected = pair.Rejected[1].Content });
        files.Add(("Parquet, snappy", "snappy.parquet"));
        files.Add(("Parquet, zstd", "zstd.parquet"));
        WriteParquet(Path.Combine(folder, "snappy.parquet"), pairs, CompressionMethod.Snappy, SnappyGroupRows);
        WriteParquet(Path.Combine(folder, "zstd.parquet"), pairs, CompressionMethod.Zstd, ZstdGroupRows);
        return files;
    }

    private static GeneratedPair Pair(string text)
    {
        var prompt = text[..PromptCharacters];
        List<GeneratedMessage> Messages(int from) => [new() { Role = "user", Content = prompt }, new() { Role = "assistant", Content = text.Substring(from, AnswerCharacters) }];
        return new GeneratedPair { Prompt = prompt, Chosen = Messages(PromptCharacters), Rejected = Messages(PromptCharacters + AnswerCharacters) };
    }

    private static void WriteRows<T>(string file, IReadOnlyList<GeneratedPair> pairs, Func<GeneratedPair, T> shape)
    {
        using var writer = new RowFileWriter(file);
        foreach (var pair in pairs)
        {
            using var row = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(shape(pair), Json));
            writer.Write(row.RootElement);
        }
        writer.Complete();
    }

    // Not through our writer: larger row groups, and a layout that is not of our making.
    private static void WriteParquet(string file, IReadOnlyCollection<GeneratedPair> pairs, CompressionMethod method, int groupRows)
    {
        using var stream = File.Create(file);
        ParquetSerializer.SerializeAsync(pairs, stream, new ParquetOptions { CompressionMethod = method, CompressionLevel = CompressionLevel.Optimal, RowGroupSize = groupRows }).GetAwaiter().GetResult();
    }
}
