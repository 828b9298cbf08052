using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>
/// A model that predicts the next token: the one model code for training, reference, evaluation and generation. It reads packed
/// tokens; who attends to whom is the business of the <see cref="IAttention"/> that it is given.
/// </summary>
public abstract class CausalLanguageModel : nn.Module
{
    /// <summary>Creates a model.</summary>
    /// <param name="name">Name shown by TorchSharp.</param>
    protected CausalLanguageModel(string name) : base(name) { }

    /// <summary>Rows of the embedding: ids must be below it. May exceed the tokenizer's size.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Type of weights and activations.</summary>
    public abstract ScalarType ComputeType { get; }

    /// <summary>Where the weights are.</summary>
    public abstract Device Device { get; }

    /// <summary>Shape of the keys and values that a cache holds.</summary>
    public abstract CacheShape CacheShape { get; }

    /// <summary>
    /// Whether layers keep their inputs alone while a gradient is recorded and compute the rest again (<c>gradient_checkpointing</c>): less memory
    /// for about a fifth more time, the same numbers.
    /// </summary>
    public bool RecomputesActivations { get; set; }

    /// <summary>
    /// NEFTune's alpha (Jain et al. 2023, arXiv:2310.05914): in training mode each embedding gets noise from U(−m, m), m = alpha / √(length · width), length being that of the
    /// token's own sequence; 0 for none (<c>neftune_noise_alpha</c>). Never saved.
    /// </summary>
    public double EmbeddingNoise { get; set; }

    /// <summary>Final hidden states, after the last norm.</summary>
    /// <param name="inputs">Packed tokens, <c>[tokens]</c>.</param>
    /// <param name="attention">Who attends to whom.</param>
    /// <returns><c>[tokens, hidden]</c>, owned by the caller's scope.</returns>
    public abstract Tensor Hidden(TokenInputs inputs, IAttention attention);

    /// <summary>The output head, <c>[rows, hidden]</c> to <c>[rows, vocabulary]</c>; its tensors stay the model's.</summary>
    public abstract LinearMap Head { get; }

    /// <summary>Logits of hidden states.</summary>
    /// <param name="hidden"><c>[rows, hidden]</c>.</param>
    /// <returns><c>[rows, vocabulary]</c>, owned by the caller's scope.</returns>
    public Tensor Logits(Tensor hidden) => Linear.Apply(hidden, Head);

    /// <summary>Log-probabilities of a batch's scored tokens, with gradient unless the caller has switched it off.</summary>
    /// <param name="batch">A packed batch on this model's device.</param>
    /// <param name="withStatistics">Whether to compute entropy, accuracy and mean logits too.</param>
    /// <returns>Tensors owned by the caller's scope.</returns>
    public SequenceScores Score(TokenBatch batch, bool withStatistics = false)
    {
        using var scope = NewDisposeScope();
        var hidden = Hidden(batch.Inputs, batch.Attention);
        var tokens = LogProbHead.Score(hidden, batch.PredictedFrom, batch.Targets, Head, withStatistics);
        var sequences = LogProbHead.SumPerSequence(tokens.Logps, batch.SequenceOf, batch.Packed.Sequences);
        foreach (var tensor in new[] { tokens.Logps, sequences.Sum, sequences.TokenCount }) tensor.MoveToOuterDisposeScope();
        if (tokens.Statistics is { } s)
            foreach (var tensor in new[] { s.Entropy, s.Correct, s.MeanLogit, s.LogExpectedProbability }) tensor.MoveToOuterDisposeScope();
        return new SequenceScores(tokens, sequences);
    }
}
