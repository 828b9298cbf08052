using System.Runtime.InteropServices;
using AlignSharp.Data.Checks.Statistics;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>
/// Prompts of the training set that stand in the evaluation set too, word for word or nearly. Everything of the evaluation set is known
/// before the first training pair comes, so that nothing needs to be kept of those.
/// </summary>
/// <param name="options">The similarity and the seed.</param>
internal sealed class EvaluationLeaks(PreferenceCheckOptions options) : ICheck
{
    private static readonly FindingKind Exact = new(
        "eval-leak",
        "a training prompt is in the evaluation set",
        "The evaluation measures what was learned by heart: its figures are too good, and stopping early by them comes too late.",
        "Remove these prompts from the training set, and split by prompt instead of by row.")
    {
        Severity = FindingKind.Error,
        IsLeftOut = true,
    };

    private static readonly FindingKind Near = Exact with
    {
        Code = "near-eval-leak",
        Title = "a training prompt is nearly one of the evaluation set",
        Severity = FindingKind.Warning,
    };

    // Prompts among which boilerplate is looked for.
    private const int MostCounted = 2000;

    private readonly MinHash _minHash = new(options.Seed);
    private readonly Dictionary<ulong, RowPosition> _prompts = [];
    private readonly HashSet<ulong> _boilerplate = [];
    private readonly List<RowPosition> _sources = [];
    private readonly Tally _exact = new(Exact);
    private readonly Tally _near = new(Near);
    private List<(ulong[] Shingles, RowPosition Source)> _waiting = [];
    private SimilarSets? _similar;

    /// <summary>Takes a pair of the evaluation set.</summary>
    public void AddEvaluation(PairView pair)
    {
        if (!pair.HasPrompt || !_prompts.TryAdd(pair.Keys.Prompt, pair.Pair.Source) || !pair.HasText) return;
        _waiting.Add((Shingles.Of(pair.Pair.Prompt), pair.Pair.Source));
    }

    public void Add(PairView pair)
    {
        if (_prompts.Count == 0 || !pair.HasPrompt) return;
        _similar ??= Index();
        if (_prompts.TryGetValue(pair.Keys.Prompt, out var source)) _exact.Add(pair, $"also {Excerpt.Escaped(source.ToString())}: {Excerpt.Of(pair.Pair.Prompt)}");
        else if (pair.HasText && MostSimilar(pair) is { } found)
            _near.Add(pair, FormattableString.Invariant($"like {Excerpt.Escaped(_sources[found.Set].ToString())} (similarity {found.Similarity:0.00}): {Excerpt.Of(pair.Pair.Prompt)}"));
    }

    public IEnumerable<Tally> Finish(PairLog log) => [_exact, _near];

    private (int Set, double Similarity)? MostSimilar(PairView pair)
    {
        var shingles = WithoutBoilerplate(Shingles.Of(pair.Pair.Prompt));
        return shingles.Length < Thresholds.LeastShingles ? null : _similar!.MostSimilar(_minHash.Signature(shingles), options.NearDuplicateSimilarity);
    }

    private SimilarSets Index()
    {
        FindBoilerplate();
        var signatures = new List<uint[]>();
        foreach (var (all, source) in _waiting)
        {
            var shingles = WithoutBoilerplate(all);
            if (shingles.Length < Thresholds.LeastShingles) continue;
            signatures.Add(_minHash.Signature(shingles));
            _sources.Add(source);
        }
        _waiting = [];
        return new SimilarSets(signatures);
    }

    private void FindBoilerplate()
    {
        var counts = new Dictionary<ulong, int>();
        var step = (_waiting.Count + MostCounted - 1) / MostCounted;
        var prompts = _waiting.Where((_, i) => i % step == 0).ToList();
        foreach (var (shingles, _) in prompts)
            foreach (var shingle in shingles) CollectionsMarshal.GetValueRefOrAddDefault(counts, shingle, out _)++;
        // In a handful of prompts three may still be copies of one another.
        var most = Math.Max(3, Thresholds.Boilerplate * prompts.Count);
        foreach (var (shingle, count) in counts)
            if (count > most) _boilerplate.Add(shingle);
    }

    private ulong[] WithoutBoilerplate(ulong[] shingles) => _boilerplate.Count == 0 ? shingles : Array.FindAll(shingles, shingle => !_boilerplate.Contains(shingle));
}
