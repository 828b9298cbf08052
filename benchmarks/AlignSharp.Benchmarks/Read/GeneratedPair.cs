using System.Text.Json.Serialization;

namespace AlignSharp.Benchmarks.Read;

/// <summary>A preference row as sets of conversations have it.</summary>
internal sealed class GeneratedPair
{
    [JsonPropertyName("prompt")]
    public required string Prompt { get; init; }

    [JsonPropertyName("chosen")]
    public required List<GeneratedMessage> Chosen { get; init; }

    [JsonPropertyName("rejected")]
    public required List<GeneratedMessage> Rejected { get; init; }
}
