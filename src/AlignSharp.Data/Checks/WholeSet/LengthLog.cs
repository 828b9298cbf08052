using AlignSharp.Data.Pairs;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>Lengths of all pairs: in tokens where every pair has ids, else in characters.</summary>
internal sealed class LengthLog
{
    private readonly Part _prompt = new(), _chosen = new(), _rejected = new();
    private readonly List<(int Ordinal, int Chosen, int Rejected)> _trained = [];
    private readonly List<(int Ordinal, int Chosen, int Rejected)> _written = [];
    private bool _hasIds = true;

    /// <summary>What lengths count.</summary>
    public string Unit => _hasIds ? "tokens" : "characters";

    public int TruncatedPairs { get; private set; }

    public LengthSummary Prompt => Summary(_prompt);

    public LengthSummary Chosen => Summary(_chosen);

    public LengthSummary Rejected => Summary(_rejected);

    /// <summary>Lengths of completions that are compared: of what is trained, where that is known.</summary>
    public IReadOnlyList<(int Ordinal, int Chosen, int Rejected)> Compared => _hasIds ? _trained : _written;

    public void Add(PairView view)
    {
        var pair = view.Pair;
        _hasIds &= pair.Whole is not null;
        _prompt.Add(pair.Prompt, pair.Whole?.PromptIds);
        var (chosen, rejected) = (_chosen.Add(pair.Chosen, pair.Whole?.ChosenIds), _rejected.Add(pair.Rejected, pair.Whole?.RejectedIds));
        _written.Add((view.Ordinal, chosen, rejected));
        if (pair.Trained is { } trained) _trained.Add((view.Ordinal, trained.ChosenIds.Length, trained.RejectedIds.Length));
        if (pair is { Whole: { } whole, Trained: { } cut } && IsCut(whole, cut)) TruncatedPairs++;
    }

    private LengthSummary Summary(Part part) => LengthSummary.Of(_hasIds ? part.Tokens : part.Characters);

    private static bool IsCut(TokenizedPair whole, TokenizedPair cut) =>
        cut.PromptIds.Length < whole.PromptIds.Length || cut.ChosenIds.Length < whole.ChosenIds.Length || cut.RejectedIds.Length < whole.RejectedIds.Length;

    private sealed class Part
    {
        public List<int> Tokens { get; } = [];

        public List<int> Characters { get; } = [];

        public int Add(string text, int[]? ids)
        {
            // Unicode code points, as Python counts.
            var characters = text.Length;
            if (text.AsSpan().ContainsAnyInRange('\uDC00', '\uDFFF')) characters -= text.Count(char.IsLowSurrogate);
            Characters.Add(characters);
            Tokens.Add(ids?.Length ?? 0);
            return characters;
        }
    }
}
