using AlignSharp.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Generation;

/// <summary>Generates completions with a key-value cache. Prompts of a batch need not be of equal length; none is padded.</summary>
/// <param name="model">The model in evaluation mode; not disposed.</param>
/// <param name="eosTokenIds">Ids that end a completion.</param>
public sealed class TextGenerator(CausalLanguageModel model, IReadOnlyList<int> eosTokenIds)
{
    /// <summary>Prompts generated side by side at most.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Generates one completion a prompt. Equal prompts at different places get different random streams.</summary>
    /// <param name="prompts">Token ids, at least one a prompt.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="stop">Told the completion so far after each token; true ends it. Null when only eos and the limit end.</param>
    /// <param name="cancellation">Checked before each token.</param>
    public IReadOnlyList<Completion> Generate(IReadOnlyList<int[]> prompts, SamplingOptions options, Func<IReadOnlyList<int>, bool>? stop = null, CancellationToken cancellation = default)
    {
        using var noGradient = no_grad();
        var completions = new List<Completion>(prompts.Count);
        foreach (var batch in prompts.Chunk(BatchSize))
            completions.AddRange(GenerateBatch(batch, completions.Count, options, stop, cancellation));
        return completions;
    }

    private IEnumerable<Completion> GenerateBatch(int[][] prompts, int firstStream, SamplingOptions options, Func<IReadOnlyList<int>, bool>? stop, CancellationToken cancellation)
    {
        using var cache = new KeyValueCache(model.CacheShape, prompts.Length, prompts.Max(p => p.Length) + options.MaxNewTokens, model.ComputeType, model.Device);
        var rows = prompts.Select((prompt, i) => new Row(prompt, new TokenSampler(options, firstStream + i))).ToArray();
        var pending = prompts.ToArray();
        while (rows.Any(r => r.FinishReason is null))
        {
            cancellation.ThrowIfCancellationRequested();
            var logits = NextLogits(cache, pending); // [rows that are alive, vocabulary]
            var vocabulary = model.VocabularySize;
            var alive = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                if (pending[i].Length == 0) continue;
                var id = rows[i].Draw(logits.AsSpan(alive++ * vocabulary, vocabulary));
                rows[i].FinishReason = eosTokenIds.Contains(id) || stop?.Invoke(rows[i].Ids) == true ? FinishReason.Stop
                    : rows[i].Ids.Count >= options.MaxNewTokens ? FinishReason.Length : null;
                pending[i] = rows[i].FinishReason is null ? [id] : [];
            }
        }
        return rows.Select(r => new Completion(r.Ids, r.FinishReason!.Value));
    }

    private float[] NextLogits(KeyValueCache cache, int[][] pending)
    {
        using var scope = NewDisposeScope();
        var inputs = cache.Append(pending);
        var hidden = model.Hidden(inputs, cache);
        var last = new List<long>();
        long end = -1;
        foreach (var ids in pending)
            if ((end += ids.Length) >= 0 && ids.Length > 0) last.Add(end);
        return model.Logits(hidden.index_select(0, tensor(last.ToArray(), device: model.Device))).to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private sealed class Row
    {
        private readonly HashSet<int> _seen;
        private readonly TokenSampler _sampler;

        public Row(int[] prompt, TokenSampler sampler) => (_seen, _sampler) = ([.. prompt], sampler);

        public List<int> Ids { get; } = [];

        public FinishReason? FinishReason { get; set; }

        public int Draw(Span<float> logits)
        {
            var id = _sampler.Draw(logits, _seen);
            Ids.Add(id);
            _seen.Add(id);
            return id;
        }
    }
}
