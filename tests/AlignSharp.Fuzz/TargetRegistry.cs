using AlignSharp.Fuzz.Targets;

namespace AlignSharp.Fuzz;

/// <summary>Every parser that reads what others wrote. To add one: a line here, a function in <c>Targets</c>, a folder with seeds in <c>corpus</c>.</summary>
internal static class TargetRegistry
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("jsonl", bytes => RowTargets.Read(bytes, ".jsonl"), Dictionaries.Rows),
        new("json", bytes => RowTargets.Read(bytes, ".json"), Dictionaries.Rows),
        new("csv", bytes => RowTargets.Read(bytes, ".csv"), Dictionaries.Delimited),
        new("gzip", bytes => RowTargets.Read(bytes, ".jsonl.gz"), []),
        new("zstd", bytes => RowTargets.Read(bytes, ".jsonl.zst"), []),
        new("parquet", bytes => RowTargets.Read(bytes, ".parquet"), ["PAR1", "\x15", "\x19", "\x1c", "\x00"]),
        new("arrow", bytes => RowTargets.Read(bytes, ".arrow"), ["ARROW1", "\xff\xff\xff\xff", "\x00\x00\x00\x00"]),
        new("strict-json", JsonTargets.Strict, Dictionaries.Json),
        new("chat-messages", JsonTargets.Conversation, Dictionaries.Messages),
        new("chat-template", ChatTargets.Render, Dictionaries.Template),
        new("tokenizer-json", TokenizerTargets.TokenizerJson, Dictionaries.TokenizerJson),
        new("tokenizer-model", TokenizerTargets.TokenizerModel, Dictionaries.TokenizerModel),
        new("tokenizer-config", TokenizerTargets.TokenizerConfig, Dictionaries.TokenizerConfig),
        new("encode", EncodeTargets.RoundTrip, Dictionaries.Text),
    ];

    public static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
