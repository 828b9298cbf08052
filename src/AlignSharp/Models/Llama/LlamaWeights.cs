namespace AlignSharp.Models.Llama;

/// <summary>What a Llama's checkpoint holds, known from its configuration alone: nothing is allocated.</summary>
public static class LlamaWeights
{
    /// <summary>The tensors in the order of <see cref="LlamaModel"/>'s state; a tied head does not come.</summary>
    /// <param name="config">The model's shape.</param>
    public static IEnumerable<WeightShape> Of(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        long hidden = config.HiddenSize, inner = config.IntermediateSize, queries = config.Heads * (long)config.HeadDim, keys = config.KeyValueHeads * (long)config.HeadDim;
        yield return new("model.embed_tokens.weight", WeightKind.Embedding, [config.VocabularySize, hidden]);
        foreach (var layer in Enumerable.Range(0, config.Layers).Select(i => $"model.layers.{i}"))
        {
            IEnumerable<WeightShape> tensors =
            [
                .. Projection($"{layer}.self_attn.q_proj", queries, hidden, config.AttentionBias),
                .. Projection($"{layer}.self_attn.k_proj", keys, hidden, config.AttentionBias),
                .. Projection($"{layer}.self_attn.v_proj", keys, hidden, config.AttentionBias),
                .. Projection($"{layer}.self_attn.o_proj", hidden, queries, config.AttentionBias),
                .. Projection($"{layer}.mlp.gate_proj", inner, hidden, config.MlpBias),
                .. Projection($"{layer}.mlp.up_proj", inner, hidden, config.MlpBias),
                .. Projection($"{layer}.mlp.down_proj", hidden, inner, config.MlpBias),
                new($"{layer}.input_layernorm.weight", WeightKind.Norm, [hidden]),
                new($"{layer}.post_attention_layernorm.weight", WeightKind.Norm, [hidden]),
            ];
            foreach (var tensor in tensors) yield return tensor;
        }
        yield return new("model.norm.weight", WeightKind.Norm, [hidden]);
        if (!config.TieWordEmbeddings) yield return new("lm_head.weight", WeightKind.Head, [config.VocabularySize, hidden]);
    }

    private static IEnumerable<WeightShape> Projection(string path, long outFeatures, long inFeatures, bool hasBias)
    {
        yield return new($"{path}.weight", WeightKind.Projection, [outFeatures, inFeatures]);
        if (hasBias) yield return new($"{path}.bias", WeightKind.Bias, [outFeatures]);
    }
}
