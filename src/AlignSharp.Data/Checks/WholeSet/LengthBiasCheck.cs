using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>Whether length alone tells the better completion, which DPO exploits (Park et al. 2024, arXiv:2403.19159).</summary>
/// <param name="lengths">The lengths, which somebody else fills.</param>
internal sealed class LengthBiasCheck(LengthLog lengths) : ICheck
{
    private readonly HashSet<ulong> _prompts = [];

    public void Add(PairView pair) => _prompts.Add(pair.Group);

    /// <summary>The figures; null without pairs.</summary>
    public LengthBias? Measure()
    {
        var compared = lengths.Compared;
        if (compared.Count == 0) return null;
        var share = compared.Sum(pair => pair.Chosen.CompareTo(pair.Rejected) + 1) / (2.0 * compared.Count);
        var (lower, upper) = Wilson.Interval(share, Prompts, Thresholds.Shown);
        return new LengthBias(
            compared.Count, share, lower, upper,
            compared.Average(pair => pair.Chosen), compared.Average(pair => pair.Rejected));
    }

    public IEnumerable<Tally> Finish(PairLog log)
    {
        if (Measure() is not { } bias || Prompts < Thresholds.LeastPrompts || Math.Abs(bias.Share - 0.5) <= Thresholds.LengthEffect) return [];
        var (lower, upper) = Wilson.Interval(bias.Share, Prompts, Thresholds.Decisive);
        if (lower <= 0.5 && upper >= 0.5) return [];
        var isLonger = bias.Share > 0.5;
        var tally = new Tally(Kind(bias, isLonger)) { Total = bias.Pairs };
        foreach (var (ordinal, chosen, rejected) in lengths.Compared)
            if (isLonger ? chosen > rejected : chosen < rejected)
                tally.Add(ordinal, log.Sources[ordinal], () => FormattableString.Invariant($"chosen {chosen}, rejected {rejected} {lengths.Unit}"));
        return [tally];
    }

    // Rows of one prompt are no independent observations.
    private int Prompts => Math.Min(_prompts.Count, lengths.Compared.Count);

    private FindingKind Kind(LengthBias bias, bool isLonger) => new(
        "length-bias",
        isLonger ? "the chosen answer tends to be the longer one" : "the chosen answer tends to be the shorter one",
        FormattableString.Invariant($"Always calling the {(isLonger ? "longer" : "shorter")} answer the better one is right for {100 * Math.Max(bias.Share, 1 - bias.Share):0.0} % of the pairs (chosen is longer in {100 * bias.Share:0.0} %, 95 % interval {100 * bias.Lower:0.0} to {100 * bias.Upper:0.0}; effect size {bias.EffectSize:+0.00;-0.00}; mean {bias.MeanChosen:0} against {bias.MeanRejected:0} {lengths.Unit}). DPO sums log-probabilities over tokens, so it learns the length first: {(isLonger ? "answers grow longer without becoming better" : "answers shrink")}."),
        "Compare by the mean of a token (loss_type: sigmoid_norm), count the tokens beyond the shorter answer less (ld_alpha), or balance the set: remove pairs until either side is the longer one equally often.")
    {
        Severity = FindingKind.Warning,
    };
}
