using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class LogProbHeadTests
{
    /// <summary>Scored rows around those of chunks, tokens, width, vocabulary.</summary>
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 0, 3, 5, 7 },
        { 1, 1, 1, 2 },
        { 1, 4, 17, 1000 },
        { 5, 9, 8, 16 },
        { 511, 300, 5, 33 },
        { 512, 512, 16, 7 },
        { 513, 60, 9, 2 },
        { 1100, 700, 17, 33 },
        { 1100, 40, 6, 1000 },
    };

    [Fact]
    public void Log_probabilities_and_figures_are_those_of_the_softmax()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            // Logits ln 1, ln 2 and ln 5 of one hidden state.
            var head = new LinearMap(tensor(new[] { 0, Math.Log(2), Math.Log(5) }).view(3, 1).to(type));
            var scores = LogProbHead.Score(ones(1, 1, dtype: type), zeros(3, dtype: ScalarType.Int64), arange(3), head, withStatistics: true);
            Near(tensor(new[] { Math.Log(1 / 8.0), Math.Log(2 / 8.0), Math.Log(5 / 8.0) }), scores.Logps, 1e-6, "logps");
            var entropy = -(Math.Log(1 / 8.0) + 2 * Math.Log(2 / 8.0) + 5 * Math.Log(5 / 8.0)) / 8;
            Near(full(3, entropy), scores.Statistics!.Value.Entropy, 1e-6, "entropy");
            Near(full(3, Math.Log(10) / 3), scores.Statistics.Value.MeanLogit, 1e-6, "mean logit");
            Near(full(3, Math.Log((1 + 4 + 25) / 64.0)), scores.Statistics.Value.LogExpectedProbability, 1e-6, "log expected probability");
            Near(tensor(new[] { 0.0, 0, 1 }), scores.Statistics.Value.Correct, 0, "correct");
        }
    }

    [Fact]
    public void The_plain_form_has_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Tensor predictedFrom = tensor(new long[] { 2, 0, 2 }), targets = tensor(new long[] { 1, 4, 0 });
        Tensor[] inputs = [Fixed(ScalarType.Float64, 1, 3, 4), Fixed(ScalarType.Float64, 2, 5, 4), Fixed(ScalarType.Float64, 3, 5), Fixed(ScalarType.Float64, 4, 2, 4), Fixed(ScalarType.Float64, 5, 5, 2)];
        Assert.InRange(GradientCheck.LargestError(t => LogProbHead.Score(t[0], predictedFrom, targets, Head(t), false).Logps, inputs), 0, 1e-7);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_kernels_equal_the_plain_form(int scored, int tokens, int width, int vocabulary)
    {
        using var scope = NewDisposeScope();
        var (inputs, predictedFrom, targets) = Inputs(ScalarType.Float32, scored, tokens, width, vocabulary);
        Tensor[] frozen = [inputs[0], .. inputs[1..].Select(input => input.detach())];
        foreach (var withStatistics in new[] { true, false })
        {
            Tensor[] Score(Tensor[] t, LinearMap head) => All(LogProbHead.Score(t[0], predictedFrom, targets, head, withStatistics));
            // A plain head, frozen and trained; one with an adapter, all of it frozen, then the adapter trained, then all of it alone.
            AgreesWithFloat64(Float32Tolerance, t => Score(t, new LinearMap(t[1])), frozen[..2]);
            AgreesWithFloat64(Float32Tolerance, t => Score(t, new LinearMap(t[1], t[2])), inputs[..3]);
            AgreesWithFloat64(Float32Tolerance, t => Score(t, Head(t)), frozen);
            AgreesWithFloat64(Float32Tolerance, t => Score(t, Head(t)), [.. frozen[..3], .. inputs[3..]]);
            AgreesWithFloat64(Float32Tolerance, t => Score(t, Head(t)), [inputs[0].detach(), .. inputs[1..]]);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_kernels_in_bfloat16_equal_the_plain_form_up_to_their_roundings(int scored, int tokens, int width, int vocabulary)
    {
        using var scope = NewDisposeScope();
        var (inputs, predictedFrom, targets) = Inputs(ScalarType.BFloat16, scored, tokens, width, vocabulary);
        // Logits, below 10 here, err by up to 2⁻⁸ · 10 with each of three parts; a log-probability by that of its own and of all others.
        const double ofLogps = 2 * 3 * 10.0 / 256;
        Tensor[] exact = [.. inputs.Select(input => input.to(ScalarType.Float64))];
        Assert.InRange(Linear.Apply(exact[0], Head(exact)).abs().max().item<double>(), 0, 10);
        var expected = LogProbHead.Score(exact[0], predictedFrom, targets, Head(exact), false).Logps;
        var actual = LogProbHead.Score(inputs[0], predictedFrom, targets, Head(inputs), false).Logps;
        if (scored > 0) Assert.InRange(TensorCompare.Absolute(expected, actual), 0, ofLogps);
        // A probability errs by as much of itself, and its gradient is rounded once more with each product.
        foreach (var trained in new[] { inputs, [inputs[0], .. inputs[1..].Select(input => input.detach())] })
            AgreesWithFloat64(ofLogps + Bfloat16Tolerance(4), t => [LogProbHead.Score(t[0], predictedFrom, targets, Head(t), false).Logps], trained);
    }

    [Fact]
    public void Of_equal_logits_the_first_is_the_most_probable()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64 })
        {
            foreach (var vocabulary in new[] { 2, 17, 40 })
            {
                var head = new LinearMap(cat([full(1, 1, -1.0), ones(vocabulary - 1, 1)], 0).to(type)); // the first is the least, all others are equal
                var correct = LogProbHead.Score(ones(1, 1, dtype: type), zeros(vocabulary, dtype: ScalarType.Int64), arange(vocabulary), head, true).Statistics!.Value.Correct;
                Assert.Equal(Enumerable.Range(0, vocabulary).Select(id => id == 1 ? 1f : 0f), correct.to(ScalarType.Float32).data<float>().ToArray());
            }
        }
    }

    [Fact]
    public void A_number_added_to_all_logits_changes_neither_log_probabilities_nor_entropy()
    {
        using var scope = NewDisposeScope();
        var hidden = cat([Fixed(ScalarType.Float32, 1, 5, 3), ones(5, 1)], 1);
        Tensor from = arange(5), weights = Fixed(ScalarType.BFloat16, 2, 40, 3).to(ScalarType.Float32);
        TokenScores Score(double number) => LogProbHead.Score(hidden, from, from, new LinearMap(cat([weights, full(40, 1, number)], 1)), withStatistics: true);
        TokenScores small = Score(0), large = Score(500);
        // The logits themselves are rounded by 500 · 6e-8.
        Near(small.Logps, large.Logps, 4e-5, "logps");
        Near(small.Statistics!.Value.Entropy, large.Statistics!.Value.Entropy, 4e-5, "entropy");
    }

    [Fact]
    public void One_certain_token_has_log_probability_zero_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var hidden = (ones(1, 1) * 1000f).requires_grad_();
        var index = zeros(1, dtype: ScalarType.Int64);
        var scores = LogProbHead.Score(hidden, index, index, new LinearMap(tensor(new float[,] { { 1 }, { -1 }, { 0 } })), withStatistics: true);
        Assert.Equal(0, scores.Logps.item<float>());
        Assert.Equal(0, scores.Statistics!.Value.Entropy.item<float>());
        Backpropagation.Run(scores.Logps.sum());
        Assert.Equal(0, hidden.grad!.item<float>());
    }

    [Fact]
    public void What_is_not_a_number_stays_with_its_token()
    {
        using var scope = NewDisposeScope();
        var hidden = Fixed(ScalarType.Float32, 1, 3, 4);
        hidden[1, 2] = float.NaN;
        hidden.requires_grad_();
        var from = arange(3);
        var scores = LogProbHead.Score(hidden, from, from, new LinearMap(Fixed(ScalarType.Float32, 2, 19, 4)), withStatistics: true);
        Backpropagation.Run(scores.Logps.sum());
        foreach (var figures in new[] { scores.Logps, scores.Statistics!.Value.Entropy, scores.Statistics.Value.MeanLogit, hidden.grad!.sum(1) })
            Assert.Equal([false, true, false], figures.isnan().data<bool>().ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Indices_may_be_disposed_before_the_backward_pass(bool trained)
    {
        using var scope = NewDisposeScope();
        var (inputs, predictedFrom, targets) = Inputs(ScalarType.Float32, 5, 9, 8, 16);
        Tensor[] given = trained ? inputs : [inputs[0], .. inputs[1..].Select(input => input.detach())];
        var logps = LogProbHead.Score(given[0], predictedFrom, targets, Head(given), false).Logps;
        predictedFrom.Dispose();
        targets.Dispose();
        Backpropagation.Run(logps.sum());
        Assert.NotNull(given[0].grad);
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        var (inputs, predictedFrom, targets) = Inputs(ScalarType.Float32, 33, 9, 8, 16);
        AgreesWithFloat64(Float32Tolerance, t => [LogProbHead.Score(Strided(t[0]), predictedFrom, targets, Head([.. t.Select(Strided)]), false).Logps.sum()], inputs);
        AgreesWithFloat64(Float32Tolerance, t => [LogProbHead.Score(Strided(t[0]), predictedFrom, targets, Head([.. t.Select(Strided)]), false).Logps.sum()], [inputs[0], .. inputs[1..].Select(input => input.detach())]);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 7)]
    [InlineData(0, -1)]
    public void Indices_that_point_nowhere_are_refused(long predictedFrom, long target)
    {
        using var scope = NewDisposeScope();
        foreach (var trained in new[] { false, true })
        {
            var hidden = Fixed(ScalarType.Float32, 1, 3, 4).requires_grad_(trained);
            var head = new LinearMap(Fixed(ScalarType.Float32, 2, 7, 4));
            Assert.Throws<ArgumentException>(() => LogProbHead.Score(hidden, tensor(new long[] { 1, predictedFrom }), tensor(new long[] { 1, target }), head, false));
        }
    }

    [Fact]
    public void Inputs_that_do_not_fit_each_other_are_refused()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = ones(3, 4), two = zeros(2, dtype: ScalarType.Int64);
        var head = new LinearMap(ones(7, 4));
        Assert.Throws<ArgumentException>(() => LogProbHead.Score(hidden, two, zeros(3, dtype: ScalarType.Int64), head, false));
        Assert.Throws<ArgumentException>(() => LogProbHead.Score(hidden, zeros(1, dtype: ScalarType.Int64), two, head, false));
        Assert.Throws<ArgumentException>(() => LogProbHead.Score(hidden, two.to(ScalarType.Int32), two, head, false));
        Assert.Throws<ArgumentException>(() => LogProbHead.Score(hidden, two, two, new LinearMap(ones(7, 5)), false));
        Assert.Throws<ArgumentException>(() => LogProbHead.Score(hidden, two, two, new LinearMap(ones(7, 4, dtype: ScalarType.Float16)), false));
    }

    [Fact]
    public void Sums_per_sequence_count_their_tokens()
    {
        using var scope = NewDisposeScope();
        var sums = LogProbHead.SumPerSequence(tensor(new[] { -1f, -2, -4, -8 }), tensor(new long[] { 0, 0, 3, 0 }), 4);
        Assert.Equal([-11, 0, 0, -4], sums.Sum.data<float>().ToArray());
        Assert.Equal([3, 0, 0, 1], sums.TokenCount.data<float>().ToArray());
        Assert.Equal([0, -4], sums.ToPairs().Rejected.data<float>().ToArray());
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var (inputs, predictedFrom, targets) = Inputs(ScalarType.Float32, 600, 9, 8, 16);
        foreach (var given in new[] { inputs, [inputs[0], .. inputs[1..].Select(input => input.detach())] })
        {
            Assert.Equal(0, LeakCheck.Growth(() =>
            {
                using var pass = NewDisposeScope();
                Backpropagation.Run(LogProbHead.Score(given[0], predictedFrom, targets, Head(given), true).Logps.sum());
                foreach (var input in given) input.grad = null;
            }));
        }
    }

    private static LinearMap Head(Tensor[] inputs) => new(inputs[1], inputs[2], new LowRankUpdate(inputs[3], inputs[4], 0.5, 0));

    private static Tensor[] All(TokenScores scores) => scores.Statistics is { } figures ? [scores.Logps, figures.Entropy, figures.Correct, figures.MeanLogit] : [scores.Logps];

    // Hidden states, and weight, bias, A and B of a head whose logits are near 1. Where more rows are scored than there are, indices repeat.
    private static (Tensor[] Inputs, Tensor PredictedFrom, Tensor Targets) Inputs(ScalarType type, int scored, int tokens, int width, int vocabulary)
    {
        var random = new Random(scored);
        Tensor Indices(int below) => tensor(Enumerable.Range(0, scored).Select(_ => random.NextInt64(below)).ToArray(), dtype: ScalarType.Int64);
        var adapter = type == ScalarType.BFloat16 ? ScalarType.Float32 : type;
        Tensor Scaled(ScalarType of, int seed, params long[] shape) => (Fixed(ScalarType.Float32, seed, shape) / (float)Math.Sqrt(shape[^1])).to(of).requires_grad_();
        return ([Leaf(type, 1, tokens, width), Scaled(type, 2, vocabulary, width), Leaf(type, 3, vocabulary), Scaled(adapter, 4, 3, width), Scaled(adapter, 5, vocabulary, 3)], Indices(tokens), Indices(vocabulary));
    }
}
