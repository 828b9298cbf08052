namespace AlignSharp.Data.Checks.Statistics;

/// <summary>
/// Logistic regression without an intercept on differences of features, better minus worse: the probability that the first of two is the
/// better one is the logistic function of weights times differences (Bradley and Terry 1952). Learned by stochastic gradient descent
/// whose rate falls linearly to zero; L2 regularisation acts on the features of each row.
/// </summary>
/// <param name="rate">Learning rate of the first row.</param>
/// <param name="l2">Strength of the regularisation.</param>
/// <param name="steps">Rows that will be learned, counted each time.</param>
internal sealed class PreferenceRegression(float rate, float l2, long steps)
{
    private readonly float[] _weights = new float[SparseFeature.Count];
    private long _step;

    /// <summary>A weight for each feature.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Learns that one difference is of a better and a worse.</summary>
    public void Learn(ReadOnlySpan<uint> difference)
    {
        var now = rate * (1 - (float)_step++ / steps);
        var push = now / (1 + MathF.Exp(Margin(difference)));
        var keep = 1 - now * l2;
        foreach (var feature in difference)
        {
            ref var weight = ref _weights[SparseFeature.Index(feature)];
            weight = keep * weight + push * SparseFeature.Value(feature);
        }
    }

    /// <summary>Log-odds that a difference is of a better and a worse.</summary>
    public float Margin(ReadOnlySpan<uint> difference)
    {
        var margin = 0f;
        foreach (var feature in difference) margin += _weights[SparseFeature.Index(feature)] * SparseFeature.Value(feature);
        return margin;
    }
}
