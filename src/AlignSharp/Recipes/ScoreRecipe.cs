using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models;
using AlignSharp.Runtime;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Log-probabilities of the rows of a file: <c>align score</c>.</summary>
public static class ScoreRecipe
{
    /// <summary>Scores a file. All rows are read and checked before the first is scored.</summary>
    /// <param name="options">What to score.</param>
    /// <param name="result">Receives a result a row, in the order of the file, as soon as its batch is done.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data.</exception>
    public static void Run(ScoreRunOptions options, Action<ScoredRow> result, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(result);
        var rows = ScoreFiles.Read(options.File).ToList();
        ComputeThreads.Configure(null);
        var device = ComputePlace.Device(options.Device);
        cancellation.ThrowIfCancellationRequested();
        using var policy = PolicyLoader.Load(options.Model, options.Adapter, ComputePlace.Type(options.Dtype, device), device, fourBit: options.FourBit);
        // A file has one shape: all rows are pairs, or all are sequences.
        if (rows[0] is PairToScore) ScorePairs(policy, [.. rows.Cast<PairToScore>().Select(r => r.Pair)], options.MaxBatchTokens, result, cancellation);
        else ScoreSequences(policy, [.. rows.Cast<SequenceToScore>().Select(r => r.Sequence)], options.MaxBatchTokens, result, cancellation);
    }

    private static void ScorePairs(Policy policy, IReadOnlyList<PreferenceExample> rows, int maxBatchTokens, Action<ScoredRow> result, CancellationToken cancellation)
    {
        var tokenizer = rows[0] is PreferenceIdsRow ? null : TokenizerFolder.Load(policy.TokenizerFolder);
        var pairs = new PairTokenizer(tokenizer, new PairTokenizerOptions { MaxLength = null }, rows[0] is PreferenceChatRow ? ChatTemplateChoice.Load(null, policy.TokenizerFolder) : null).Tokenize(rows, cancellation).Pairs;
        VocabularyCheck.Require(pairs, policy.Model.VocabularySize);
        foreach (var batch in TokenBudget.Consecutive(pairs, pair => pair.PackedTokens, maxBatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            var scores = Score(policy.Model, Packer.Pack(batch));
            for (var i = 0; i < batch.Count; i++) result(new ScoredPair(scores[i], scores[batch.Count + i]));
        }
    }

    private static void ScoreSequences(Policy policy, IReadOnlyList<SftExample> rows, int maxBatchTokens, Action<ScoredRow> result, CancellationToken cancellation)
    {
        var tokenizer = rows[0] is SftIdsRow ? null : TokenizerFolder.Load(policy.TokenizerFolder);
        var toSequence = new SequenceTokenizer(tokenizer, endTexts: false, rows[0] is SftMessagesRow or SftChatCompletionRow ? ChatTemplateChoice.Load(null, policy.TokenizerFolder) : null);
        var sequences = rows.Select(toSequence.Tokenize).ToList();
        VocabularyCheck.Require(sequences, policy.Model.VocabularySize);
        foreach (var batch in TokenBudget.Consecutive(sequences, sequence => sequence.Ids.Length, maxBatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var score in Score(policy.Model, Packer.Pack(batch))) result(score);
        }
    }

    private static ScoredSequence[] Score(CausalLanguageModel model, PackedTokens packed)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var batch = new TokenBatch(packed, model.Device);
        var logps = model.Score(batch).Tokens.Logps.cpu().data<float>().ToArray(); // [scored], ordered by sequence
        var tokens = new int[packed.Sequences];
        foreach (var sequence in packed.SequenceOf) tokens[sequence]++;
        var start = 0;
        return Array.ConvertAll(tokens, count => new ScoredSequence(logps[start..(start += count)]));
    }
}
