namespace AlignSharp.Generation;

/// <summary>How completions are drawn, with transformers' names and meanings.</summary>
public sealed record SamplingOptions
{
    /// <summary>Most tokens of a completion (<c>max_new_tokens</c>).</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Divides the logits (<c>temperature</c>); 0 is greedy.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps the k most probable tokens (<c>top_k</c>); 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the smallest set of most probable tokens whose probability reaches this (<c>top_p</c>); 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Divides positive and multiplies negative logits of tokens that occurred (<c>repetition_penalty</c>; Keskar et al. 2019, arXiv:1909.05858); 1 is off.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Seed of the draws; each completion has its own stream, so that a batch does not change it.</summary>
    public int Seed { get; init; } = 42;
}
