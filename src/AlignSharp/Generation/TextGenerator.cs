using AlignSharp.Data.Faults;
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

    /// <summary>Most tokens of prompt and completion together (the model's <c>max_position_embeddings</c>), or null for no limit.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Generates one completion a prompt. Equal prompts at different places get different random streams.</summary>
    /// <param name="prompts">Token ids, at least one a prompt, and fewer than <see cref="MaxPositions"/>.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="stop">Told the completion so far after each token that is no eos; true ends it. Null when only eos and the limits end.</param>
    /// <param name="cancellation">Checked before each token.</param>
    /// <exception cref="ArgumentException">A prompt is empty or too long, or no token may be drawn.</exception>
    /// <exception cref="DivergenceException">The logits are not finite.</exception>
    public IReadOnlyList<Completion> Generate(IReadOnlyList<int[]> prompts, SamplingOptions options, Func<IReadOnlyList<int>, bool>? stop = null, CancellationToken cancellation = default) =>
        [.. GenerateInTurn(prompts, options, stop is null ? null : (_, ids) => stop(ids), cancellation)];

    /// <summary>Generates one completion a prompt, batch by batch, so that the first are there before the last begin.</summary>
    /// <inheritdoc cref="Generate"/>
    /// <param name="prompts">Token ids, at least one a prompt, and fewer than <see cref="MaxPositions"/>.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="stop">Told the index of the prompt and its completion so far after each token that is no eos; true ends it. Null when only eos and the limits end.</param>
    /// <param name="cancellation">Checked before each token.</param>
    /// <returns>The completions in the order of the prompts.</returns>
    public IEnumerable<Completion> GenerateInTurn(IReadOnlyList<int[]> prompts, SamplingOptions options, Func<int, IReadOnlyList<int>, bool>? stop, CancellationToken cancellation = default)
    {
        // Neither an empty row nor a row without room would ever end.
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxNewTokens, 1);
        if (prompts.Any(prompt => prompt.Length == 0)) throw new ArgumentException("A prompt has no tokens", nameof(prompts));
        if (prompts.Any(prompt => prompt.Length >= MaxPositions)) throw new ArgumentException($"A prompt fills the model's {MaxPositions} positions", nameof(prompts));
        return Batches();

        IEnumerable<Completion> Batches()
        {
            for (var first = 0; first < prompts.Count; first += BatchSize)
                foreach (var completion in GenerateBatch([.. prompts.Skip(first).Take(BatchSize)], first, options, stop, cancellation)) yield return completion;
        }
    }

    private Completion[] GenerateBatch(int[][] prompts, int first, SamplingOptions options, Func<int, IReadOnlyList<int>, bool>? stop, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var rows = Array.ConvertAll(prompts, prompt => new Row(prompt, Limit(prompt, options)));
        using var cache = new KeyValueCache(model.CacheShape, rows.Length, rows.Max(row => row.Longest), model.ComputeType, model.Device);
        var samplers = Enumerable.Range(first, rows.Length).Select(stream => new TokenSampler(options, stream)).ToArray();
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
                var id = samplers[i].Draw(logits.AsSpan(alive++ * vocabulary, vocabulary), rows[i].Seen);
                rows[i].Add(id);
                rows[i].FinishReason = eosTokenIds.Contains(id) || stop?.Invoke(first + i, rows[i].Ids) == true ? FinishReason.Stop
                    : rows[i].IsFull ? FinishReason.Length : null;
                pending[i] = rows[i].FinishReason is null ? [id] : [];
            }
        }
        return Array.ConvertAll(rows, r => new Completion(r.Ids, r.FinishReason!.Value));
    }

    private int Limit(int[] prompt, SamplingOptions options) => MaxPositions is { } positions ? Math.Min(options.MaxNewTokens, positions - prompt.Length) : options.MaxNewTokens;

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

    private sealed class Row(int[] prompt, int limit)
    {
        private readonly HashSet<int> _seen = [.. prompt];

        public List<int> Ids { get; } = [];

        public IReadOnlySet<int> Seen => _seen;

        public int Longest => prompt.Length + limit;

        public bool IsFull => Ids.Count >= limit;

        public FinishReason? FinishReason { get; set; }

        public void Add(int id)
        {
            Ids.Add(id);
            _seen.Add(id);
        }
    }
}
