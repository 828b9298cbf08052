using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>
/// Whether words alone tell the better answer of prompts that the classifier never saw, and, where they do, which pairs they contradict
/// with as much confidence as they agree with the others (confident learning, Northcutt et al. 2019, arXiv:1911.00068, with a
/// pair's two orders as the two classes).
/// </summary>
/// <param name="seed">Decides folds, order and sample.</param>
internal sealed class ShortcutCheck(ulong seed) : ICheck
{
    private const int Folds = 5, MostEpochs = 5, LeastEpochs = 3, EnoughSteps = 50_000, NamedWords = 5;
    // Gentle: features are many and pairs few, and what only one pair shows is to stay small.
    private const float Rate = 0.5f, Regularisation = 1e-2f;

    private readonly AnswerWords _words = new();
    private readonly WordSample _sample = new(seed);
    private float[] _margins = [];

    /// <summary>The figures; null where there are too few pairs. Known once it has finished.</summary>
    public ShortcutTest? Test { get; private set; }

    public void Add(PairView pair)
    {
        // Equal answers differ in nothing, and ids have no words.
        if (pair.HasText && pair.Keys.Chosen != pair.Keys.Rejected) _sample.Add(pair, _words.Difference(pair.Pair.Chosen, pair.Pair.Rejected));
    }

    public IEnumerable<Tally> Finish(PairLog log)
    {
        var order = _sample.Order();
        var prompts = order.Select(row => _sample.Group(row)).Distinct().Count();
        if (prompts < Thresholds.LeastPrompts) return [];
        Test = Measure(order, prompts, CrossValidate(order));
        if (Test.Lower < Thresholds.ShortcutAccuracy) return [];
        return [Shortcut(log, order), Flipped(log, order)];
    }

    // Each pair is judged by a classifier that saw no pair of its prompt. Returns the mean of the classifiers' weights.
    private double[] CrossValidate(int[] order)
    {
        _margins = new float[order.Length];
        var models = new PreferenceRegression[Folds];
        Parallel.For(0, Folds, fold => models[fold] = JudgeFold(order, fold));
        var weights = new double[SparseFeature.Count];
        foreach (var model in models)
            for (var i = 0; i < weights.Length; i++) weights[i] += model.Weights[i] / (double)Folds;
        return weights;
    }

    private PreferenceRegression JudgeFold(int[] order, int fold)
    {
        bool IsHeldOut(int row) => _sample.Group(row) % Folds == (ulong)fold;
        var learned = order.Count(row => !IsHeldOut(row));
        var epochs = Math.Clamp(EnoughSteps / Math.Max(learned, 1), LeastEpochs, MostEpochs);
        var model = new PreferenceRegression(Rate, Regularisation, (long)learned * epochs);
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var row in order)
                if (!IsHeldOut(row)) model.Learn(_sample.Features(row));
        for (var at = 0; at < order.Length; at++)
            if (IsHeldOut(order[at])) _margins[at] = model.Margin(_sample.Features(order[at]));
        return model;
    }

    private ShortcutTest Measure(int[] order, int prompts, double[] weights)
    {
        var accuracy = _margins.Sum(margin => Math.Sign(margin) + 1) / (2.0 * order.Length);
        var (lower, upper) = Wilson.Interval(accuracy, prompts, Thresholds.Shown);
        // What each word adds to the margins in the end: often and one-sidedly used ones tell most.
        var told = new double[SparseFeature.Count];
        foreach (var row in order)
            foreach (var feature in _sample.Features(row)) told[SparseFeature.Index(feature)] += SparseFeature.Value(feature);
        for (var i = 0; i < told.Length; i++) told[i] *= weights[i];
        string[] Telling(Func<int, bool> side) =>
            [.. Enumerable.Range(0, told.Length).Where(i => told[i] > 0 && side(i)).OrderByDescending(i => told[i]).Take(NamedWords).Select(_words.Name)];
        return new ShortcutTest(order.Length, accuracy, lower, upper, Telling(i => weights[i] > 0), Telling(i => weights[i] < 0));
    }

    private Tally Shortcut(PairLog log, int[] order)
    {
        var test = Test!;
        var tally = new Tally(new FindingKind(
            "word-shortcut",
            "a few words tell the better answer",
            FormattableString.Invariant($"A bag-of-words classifier tells chosen from rejected in {100 * test.Accuracy:0.0} % of pairs with prompts that it never saw (95 % interval {100 * test.Lower:0.0} to {100 * test.Upper:0.0}). For an answer speak {Quoted(test.ChosenWords)}; against one {Quoted(test.RejectedWords)}. DPO finds the same shortcut: loss near 0 and accuracy near 1 within minutes, and a model that has learned these words."),
            "If the words are what you want to teach (a tone, a format), all is well. Otherwise take rejected answers from the same source as the chosen ones, best from the model that is trained, and remove phrases that only one side has.")
        {
            Severity = FindingKind.Warning,
        })
        { Total = order.Length };
        foreach (var (ordinal, margin) in InRowOrder(order).Where(row => row.Margin > 0))
            tally.Add(ordinal, log.Sources[ordinal], () => FormattableString.Invariant($"told with probability {Probability(margin):0.00}"));
        return tally;
    }

    private Tally Flipped(PairLog log, int[] order)
    {
        var tally = new Tally(new FindingKind(
            "suspected-flip",
            "the labels of some pairs look swapped",
            "The words that tell the better answer of nearly all pairs say the opposite here, as surely as they agree elsewhere. Swapped labels push the model the wrong way; one in ten costs more than leaving them out.",
            "Look at these rows, swap or remove what is wrong; if labels stay noisy, label_smoothing says how many.")
        {
            Severity = FindingKind.Warning,
        })
        { Total = order.Length };
        var confidence = _margins.Average(Probability);
        foreach (var (ordinal, margin) in InRowOrder(order).Where(row => 1 - Probability(row.Margin) >= confidence))
            tally.Add(ordinal, log.Sources[ordinal], () => FormattableString.Invariant($"the words are for the rejected answer, with probability {1 - Probability(margin):0.00}"));
        return tally;
    }

    private IEnumerable<(int Ordinal, float Margin)> InRowOrder(int[] order) => order.Select((row, at) => (Ordinal: _sample.Ordinal(row), Margin: _margins[at])).OrderBy(row => row.Ordinal);

    private static double Probability(float margin) => 1 / (1 + Math.Exp(-(double)margin));

    private static string Quoted(IReadOnlyList<string> words) => words.Count == 0 ? "none" : string.Join(", ", words.Select(word => $"\"{word}\""));
}
