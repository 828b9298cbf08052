using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp.Modules;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class AdamWStepTests
{
    private static readonly AdamWStep Step = new(LearningRate: 0.01, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.3, GradientScale: 0.4, Number: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(17)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(70_001)]
    public void Kernel_and_plain_form_equal_the_formulas_of_the_paper(int count)
    {
        using var scope = NewDisposeScope();
        var expected = Formulas(count);
        Near(expected, Updated(ScalarType.Float64, count), 1e-12, "plain form");
        Near(expected, Updated(ScalarType.Float32, count), 1e-6, "kernel");
    }

    [Fact]
    public void The_plain_form_equals_the_optimizer_of_libtorch()
    {
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(Fixed(ScalarType.Float64, 1, 50));
        using var optimizer = optim.AdamW([parameter], Step.LearningRate, Step.Beta1, Step.Beta2, Step.Epsilon, Step.WeightDecay);
        for (var number = 1; number <= 5; number++)
        {
            parameter.grad = Gradient(number, 50) * Step.GradientScale;
            optimizer.step();
        }
        Near(parameter.detach(), Updated(ScalarType.Float64, 50), 1e-12, "parameter");
    }

    // A parameter of bfloat16 and its moments are rounded once an update: five times a half unit of values near 3.
    [Fact]
    public void In_bfloat16_each_update_rounds_once()
    {
        using var scope = NewDisposeScope();
        Near(Formulas(4099, roundedStart: true), Updated(ScalarType.BFloat16, 4099), Bfloat16Tolerance(5), "parameter");
    }

    [Fact]
    public void The_gradient_is_left_alone_and_may_have_strides_or_another_type()
    {
        using var scope = NewDisposeScope();
        var gradient = Fixed(ScalarType.Float32, 1, 5, 17);
        Tensor After(Tensor given)
        {
            Tensor parameter = Fixed(ScalarType.Float32, 2, 5, 17), first = zeros_like(parameter), second = zeros_like(parameter);
            Step.Apply(parameter, given, first, second);
            return parameter;
        }
        var before = Bits(gradient);
        var plain = After(gradient);
        Assert.Equal(before, Bits(gradient));
        Assert.Equal(Bits(plain), Bits(After(Strided(gradient))));
        Near(plain, After(gradient.to(ScalarType.Float64)), 1e-6, "a gradient of float64");
    }

    [Fact]
    public void A_parameter_with_strides_is_updated_in_place()
    {
        using var scope = NewDisposeScope();
        Tensor contiguous = Fixed(ScalarType.Float32, 2, 5, 17), strided = Strided(contiguous.clone()), gradient = Fixed(ScalarType.Float32, 1, 5, 17);
        Step.Apply(contiguous, gradient, zeros_like(contiguous), zeros_like(contiguous));
        Step.Apply(strided, gradient, zeros_like(strided), zeros_like(strided));
        Near(contiguous, strided, 1e-6, "parameter");
    }

    [Fact]
    public void Without_a_gradient_that_differs_from_zero_only_decay_acts()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(37);
        Step.Apply(parameter, zeros(37), zeros(37), zeros(37));
        Near(full(37, 1 - 0.01 * 0.3, dtype: ScalarType.Float64), parameter, 1e-7, "parameter");
    }

    [Fact]
    public void An_update_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor parameter = ones(37, dtype: type), gradient = ones_like(parameter), first = zeros_like(parameter), second = zeros_like(parameter);
            Assert.Equal(0, LeakCheck.Growth(() => Step.Apply(parameter, gradient, first, second)));
        }
    }

    private static Tensor Gradient(int number, int count) => Fixed(ScalarType.BFloat16, 10 + number, count).to(ScalarType.Float64);

    private static Tensor Updated(ScalarType type, int count)
    {
        var parameter = Fixed(type, 1, count);
        Tensor first = zeros_like(parameter), second = zeros_like(parameter);
        for (var number = 1; number <= 5; number++) (Step with { Number = number }).Apply(parameter, Gradient(number, count).to(type), first, second);
        return parameter;
    }

    // In plain C#, element by element.
    private static Tensor Formulas(int count, bool roundedStart = false)
    {
        var p = Fixed(roundedStart ? ScalarType.BFloat16 : ScalarType.Float32, 1, count).to(ScalarType.Float64).data<double>().ToArray();
        var gradients = Enumerable.Range(1, 5).Select(number => Gradient(number, count).data<double>().ToArray()).ToArray();
        for (var i = 0; i < count; i++)
        {
            double m = 0, v = 0;
            for (var t = 1; t <= 5; t++)
            {
                var g = gradients[t - 1][i] * Step.GradientScale;
                p[i] -= Step.LearningRate * Step.WeightDecay * p[i];
                m = Step.Beta1 * m + (1 - Step.Beta1) * g;
                v = Step.Beta2 * v + (1 - Step.Beta2) * g * g;
                p[i] -= Step.LearningRate * (m / (1 - Math.Pow(Step.Beta1, t))) / (Math.Sqrt(v / (1 - Math.Pow(Step.Beta2, t))) + Step.Epsilon);
            }
        }
        return tensor(p);
    }
}
