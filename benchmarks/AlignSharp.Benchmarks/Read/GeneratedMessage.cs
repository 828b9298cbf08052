using System.Text.Json.Serialization;

namespace AlignSharp.Benchmarks.Read;

/// <summary>A message.</summary>
internal sealed class GeneratedMessage
{
    [JsonPropertyName("role")]
    public required string Role { get; init; }

    [JsonPropertyName("content")]
    public required string Content { get; init; }
}
