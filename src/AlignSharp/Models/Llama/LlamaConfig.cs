namespace AlignSharp.Models.Llama;

/// <summary>Shape of a Llama, as <c>config.json</c> of a Hugging Face checkpoint gives it.</summary>
public sealed record LlamaConfig
{
    /// <summary>Rows of the embedding and of the output head (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward layer (<c>intermediate_size</c>).</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of decoder layers (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Key-value heads, a divisor of <see cref="Heads"/> (<c>num_key_value_heads</c>).</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head (<c>head_dim</c>); need not be hidden / heads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Longest sequence it was made for (<c>max_position_embeddings</c>, transformers' default 2048).</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Added to the mean square in the norms (<c>rms_norm_eps</c>, transformers' default 1e-6).</summary>
    public double RmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>Base of the rotary frequencies (<c>rope_theta</c>, default 10000).</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>How the rotary frequencies are stretched for longer sequences.</summary>
    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary>Whether q, k, v and o have biases (<c>attention_bias</c>).</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether gate, up and down have biases (<c>mlp_bias</c>).</summary>
    public bool MlpBias { get; init; }

    /// <summary>Whether the output head shares the embedding's weights (<c>tie_word_embeddings</c>).</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Standard deviation of freshly initialised weights (<c>initializer_range</c>, default 0.02).</summary>
    public double InitializerRange { get; init; } = 0.02;
}
