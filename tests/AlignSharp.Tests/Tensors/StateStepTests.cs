using AlignSharp.Quantization;
using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

/// <summary>Formulas of optimizers, on kernels and composed, against plain C# in double.</summary>
public class StateStepTests
{
    private const double Rate = 0.01;
    private const double Decay = 0.3;
    private const double Scale = 0.4;
    private const int Updates = 5;

    private static readonly CodeBook Signed = new(DynamicMap.Signed);
    private static readonly CodeBook Unsigned = new(DynamicMap.Unsigned);

    // float64 has no kernel: the composed form.
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16];
    private static readonly int[] Counts = [1, 7, 17, 4095, 4097, 70_001];

    public static TheoryData<ScalarType, int> Sizes => new(from type in Types from count in Counts select (type, count));

    // With more elements some direction is so near to zero that float32 has another sign.
    public static TheoryData<ScalarType, int> FewerSizes => new(from type in Types from count in Counts where count < 10_000 select (type, count));

    // m = β1·m + (1−β1)·g, v = β2·v + (1−β2)·g², corrected by their own weights; then the step, then the decay.
    [Theory]
    [MemberData(nameof(Sizes))]
    public void AdamW_decays_after_its_step(ScalarType type, int count) => Agrees(type, count, step => new LateDecayAdamW(Rate, 0.9, 0.95, 1e-4, Decay, step), (p, g, state, t) =>
    {
        state[0] = 0.9 * state[0] + 0.1 * g;
        state[1] = 0.95 * state[1] + 0.05 * g * g;
        var (m, v) = (state[0] / (1 - Math.Pow(0.9, t)), state[1] / (1 - Math.Pow(0.95, t)));
        return (p - Rate * m / (Math.Sqrt(v) + 1e-4)) * (1 - Rate * Decay);
    });

    [Theory]
    [MemberData(nameof(FewerSizes))]
    public void Lion_goes_one_rate_along_a_sign(ScalarType type, int count) => Agrees(type, count, _ => new LionStep(Rate, 0.9, 0.99, Decay), (p, g, state, _) =>
    {
        var direction = 0.9 * state[0] + 0.1 * g;
        state[0] = 0.99 * state[0] + 0.01 * g;
        return p * (1 - Rate * Decay) - Rate * Math.Sign(direction);
    });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Descent_has_the_decay_in_the_gradient(ScalarType type, int count) =>
        Agrees(type, count, _ => new GradientDescent(Rate, Decay), (p, g, _, _) => p - Rate * (g + Decay * p));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Momentum_gathers_gradients_with_their_decay(ScalarType type, int count) => Agrees(type, count, _ => new MomentumDescent(Rate, 0.8, Decay), (p, g, state, _) =>
    {
        state[0] = 0.8 * state[0] + g + Decay * p;
        return p - Rate * state[0];
    });

    [Theory]
    [InlineData(0)]
    [InlineData(0.8)]
    public void Descent_equals_that_of_libtorch(double momentum)
    {
        using var scope = NewDisposeScope();
        using var parameter = new TorchSharp.Modules.Parameter(Fixed(ScalarType.Float64, 1, 50));
        using var optimizer = optim.SGD([parameter], Rate, momentum, weight_decay: Decay);
        for (var number = 1; number <= Updates; number++)
        {
            parameter.grad = Gradient(number, 50) * Scale;
            optimizer.step();
        }
        var ours = momentum == 0
            ? Updated(ScalarType.Float32, 50, _ => new GradientDescent(Rate, Decay))
            : Updated(ScalarType.Float32, 50, _ => new MomentumDescent(Rate, momentum, Decay));
        Near(parameter.detach(), ours, 1e-6, "parameter");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1)]
    [InlineData(ScalarType.Float32, 255)]
    [InlineData(ScalarType.Float32, 256)]
    [InlineData(ScalarType.Float32, 4160)]
    [InlineData(ScalarType.BFloat16, 4099)]
    public void Composed_codes_are_those_of_the_kernel(ScalarType type, int count)
    {
        using var scope = NewDisposeScope();
        // Rounding may part two values at a midpoint, so each update starts from the kernel's states.
        Tensor parameter = Fixed(type, 1, count), first = Codes(count), firstMax = Magnitudes(count), second = Codes(count), secondMax = Magnitudes(count);
        for (var number = 1; number <= Updates; number++)
        {
            var gradient = Gradient(number, count).to(type);
            var (wide, wideGradient) = (parameter.to(ScalarType.Float64), gradient.to(ScalarType.Float64)); // a type without kernel
            CodedState[] composed = [new(first.clone(), firstMax.clone(), Signed), new(second.clone(), secondMax.clone(), Unsigned)];
            var formula = new LateDecayAdamW(Rate, 0.9, 0.95, 1e-4, Decay, number);
            StateStep.ApplyCoded(formula, Scale, wide, wideGradient, composed.AsSpan());
            StateStep.ApplyCoded(formula, Scale, parameter, gradient, [new(first, firstMax, Signed), new(second, secondMax, Unsigned)]);
            Near(wide, parameter, type == ScalarType.BFloat16 ? Bfloat16Tolerance(1) : 1e-6, "parameter");
            Near(composed[0].Magnitudes, firstMax, 1e-6, "absmax1");
            Near(composed[1].Magnitudes, secondMax, 1e-6, "absmax2");
            AssertFewNeighbours(composed[0].Codes, first);
            AssertFewNeighbours(composed[1].Codes, second);
        }
    }

    [Fact]
    public void A_code_never_has_another_sign_than_its_value_and_zeros_stay_zero()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var gradient = zeros(600, dtype: type);
            (gradient[0], gradient[1], gradient[2], gradient[300], gradient[301]) = (tensor(1.0), tensor(-1e-12), tensor(1e-12), tensor(0.5), tensor(-0.5));
            var state = new CodedState(Codes(600), Magnitudes(600), Signed);
            StateStep.ApplyCoded(new LionStep(Rate, 0.9, 0.99, 0), 1, zeros(600, dtype: type), gradient, [state]);
            var codes = state.Codes.data<byte>().ToArray();
            Assert.Equal([255, 126, 127], codes[..3].Select(code => (int)code)); // 127 is zero, and a negative value not that
            Assert.All(codes[512..], code => Assert.Equal(255, code)); // 0 - 1 in a byte, harmless because of the magnitude
            Assert.Equal(0, state.Magnitudes[2].item<float>());
            Assert.Equal(0.01, state.Magnitudes[0].item<float>(), 1e-7);
            Assert.Equal(0.005, state.Magnitudes[1].item<float>(), 1e-7);
            var decoded = state.Decode().data<float>().ToArray();
            Assert.All(decoded[512..], value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void An_element_without_a_finite_gradient_keeps_its_parameter_and_loses_its_states(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor parameter = ones(300, dtype: type), gradient = ones(300, dtype: type);
        CodedState[] states = [new(Codes(300), Magnitudes(300), Signed), new(Codes(300), Magnitudes(300), Unsigned)];
        StateStep.ApplyCoded(new LateDecayAdamW(Rate, 0.9, 0.95, 1e-8, Decay, 1), 1, parameter, gradient, states.AsSpan());
        var before = parameter.clone();
        (gradient[3], gradient[256], gradient[299]) = (tensor(double.NaN), tensor(double.PositiveInfinity), tensor(double.NegativeInfinity));
        StateStep.ApplyCoded(new LateDecayAdamW(Rate, 0.9, 0.95, 1e-8, Decay, 2), 1, parameter, gradient, states.AsSpan());
        var (moved, first, second) = (before.not_equal(parameter), states[0].Decode(), states[1].Decode());
        for (var i = 0; i < 300; i++)
        {
            var isFinite = i is not (3 or 256 or 299);
            Assert.Equal(isFinite, moved[i].item<bool>());
            Assert.Equal(isFinite, first[i].item<float>() != 0);
            Assert.Equal(isFinite, second[i].item<float>() != 0);
        }
    }

    [Fact]
    public void An_update_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor parameter = ones(300, dtype: type), gradient = ones_like(parameter), state = zeros(300);
            var coded = new CodedState(Codes(300), Magnitudes(300), Signed);
            Assert.Equal(0, LeakCheck.Growth(() => StateStep.Apply(new LionStep(Rate, 0.9, 0.99, Decay), Scale, parameter, gradient, [state])));
            Assert.Equal(0, LeakCheck.Growth(() => StateStep.ApplyCoded(new LionStep(Rate, 0.9, 0.99, Decay), Scale, parameter, gradient, [coded])));
        }
    }

    private static void Agrees<TFormula>(ScalarType type, int count, Func<int, TFormula> formula, Func<double, double, double[], int, double> plain) where TFormula : struct, IUpdateFormula
    {
        using var scope = NewDisposeScope();
        var p = Fixed(type, 1, count).to(ScalarType.Float64).data<double>().ToArray();
        var gradients = Enumerable.Range(1, Updates).Select(number => Gradient(number, count).data<double>().ToArray()).ToArray();
        for (var i = 0; i < count; i++)
        {
            var states = new double[2];
            for (var t = 1; t <= Updates; t++) p[i] = plain(p[i], gradients[t - 1][i] * Scale, states, t);
        }
        Near(tensor(p), Updated(type, count, formula), type == ScalarType.BFloat16 ? Bfloat16Tolerance(Updates) : 2e-6, "parameter");
    }

    private static Tensor Updated<TFormula>(ScalarType type, int count, Func<int, TFormula> formula) where TFormula : struct, IUpdateFormula
    {
        var parameter = Fixed(type, 1, count);
        Tensor[] states = [.. Enumerable.Range(0, TFormula.States).Select(_ => zeros(count))];
        for (var number = 1; number <= Updates; number++) StateStep.Apply(formula(number), Scale, parameter, Gradient(number, count).to(type), states.AsSpan());
        return parameter;
    }

    private static void AssertFewNeighbours(Tensor expected, Tensor actual)
    {
        var differences = (expected.to(ScalarType.Int64) - actual.to(ScalarType.Int64)).abs();
        Assert.InRange(differences.max().item<long>(), 0, 1);
        Assert.InRange(differences.sum().item<long>(), 0, 1 + differences.numel() / 1000);
    }

    private static Tensor Gradient(int number, int count) => Fixed(ScalarType.BFloat16, 10 + number, count).to(ScalarType.Float64);

    private static Tensor Codes(int count) => zeros(count, dtype: ScalarType.Byte);

    private static Tensor Magnitudes(int count) => zeros(CodedState.Blocks(count));
}
