using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;

namespace AlignSharp.Checkpoints;

/// <summary>What <c>adapter_config.json</c> of a PEFT folder says.</summary>
/// <param name="Options">Rank, scaling, dropout and targets.</param>
/// <param name="BaseModel">Base model as the adapter names it, or null.</param>
/// <param name="IgnoredKeys">Keys that PEFT of today does not have and that were read over.</param>
/// <param name="Json">The whole object, from which a saved copy is written.</param>
public sealed record AdapterConfig(LoraOptions Options, string? BaseModel, IReadOnlyList<string> IgnoredKeys, JsonObject Json);
