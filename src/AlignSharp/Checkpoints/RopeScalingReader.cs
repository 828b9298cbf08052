using AlignSharp.Models.Llama;

namespace AlignSharp.Checkpoints;

/// <summary>Reads <c>rope_scaling</c> (transformers 4; <c>type</c> is the old name of <c>rope_type</c>) and <c>rope_parameters</c> (transformers 5).</summary>
internal static class RopeScalingReader
{
    private static readonly Dictionary<string, Kind> Kinds = new(StringComparer.Ordinal)
    {
        ["default"] = new([], (_, _) => RopeScaling.None),
        ["linear"] = new(["factor"], (f, _) => new LinearRope(f.PositiveNumber("factor"))),
        ["dynamic"] = new(["factor", "original_max_position_embeddings"], (f, _) => new DynamicRope(f.PositiveNumber("factor"))),
        ["llama3"] = new(["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"], (f, _) => new Llama3Rope(
            f.PositiveNumber("factor"), f.PositiveNumber("low_freq_factor"), f.PositiveNumber("high_freq_factor"), f.PositiveInt("original_max_position_embeddings"))),
        ["yarn"] = new(["factor", "beta_fast", "beta_slow", "attention_factor", "original_max_position_embeddings"], (f, maxPositions) => new YarnRope(
            f.PositiveNumber("factor"), f.PositiveNumber("beta_fast", 32), f.PositiveNumber("beta_slow", 1),
            f.Has("attention_factor") ? f.PositiveNumber("attention_factor") : null, f.PositiveInt("original_max_position_embeddings", maxPositions))),
    };

    public static RopeScaling Read(ConfigFields? fields, int maxPositions)
    {
        if (fields is null) return RopeScaling.None;
        var name = fields.Text("rope_type") ?? fields.Text("type") ?? "default";
        if (!Kinds.TryGetValue(name, out var kind))
            throw fields.Unsupported(fields.Has("rope_type") ? "rope_type" : "type", $"known are {string.Join(", ", Kinds.Keys)}");
        foreach (var key in fields.Keys)
            if (key is not ("rope_type" or "type" or "rope_theta") && !kind.Keys.Contains(key))
                throw fields.Unsupported(key, $"rope type '{name}' takes {(kind.Keys.Length == 0 ? "no parameters" : string.Join(", ", kind.Keys))}");
        return kind.Create(fields, maxPositions);
    }

    private sealed record Kind(string[] Keys, Func<ConfigFields, int, RopeScaling> Create);
}
