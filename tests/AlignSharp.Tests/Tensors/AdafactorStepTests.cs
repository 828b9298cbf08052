using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class AdafactorStepTests
{
    private static readonly AdafactorStep Step = new(LearningRate: 0.01, WeightDecay: 0.3, GradientScale: 0.4, Number: 1);

    [Theory]
    [InlineData("1")]
    [InlineData("17")]
    [InlineData("300")]
    [InlineData("1 1")]
    [InlineData("1 33")]
    [InlineData("33 1")]
    [InlineData("31 17")]
    [InlineData("64 48")]
    [InlineData("101 257")]
    [InlineData("3 35 19")]
    public void Kernel_and_plain_form_equal_the_formulas_of_the_paper(string sizes)
    {
        using var scope = NewDisposeScope();
        long[] shape = [.. sizes.Split(' ').Select(long.Parse)];
        var expected = Formulas(shape, ScalarType.Float32);
        Near(expected, Updated(ScalarType.Float32, shape), 3e-6, "kernel");
        Near(expected, Updated(ScalarType.Float64, shape), 3e-6, "plain form"); // which is for types that the kernels do not have
        Near(Formulas(shape, ScalarType.BFloat16), Updated(ScalarType.BFloat16, shape), Bfloat16Tolerance(5), "kernel in bfloat16");
    }

    // The first second moment is the gradient's own, so a vector moves by one rate along the sign, as its rms is 1.
    [Fact]
    public void The_first_update_of_a_vector_is_one_rate_against_the_sign()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor(new float[] { 2, -4 });
        (Step with { WeightDecay = 0 }).Apply(parameter, tensor(new float[] { 3, -0.25f }), null, zeros(2));
        Near(tensor(new double[] { 1.99, -3.99 }), parameter, 1e-6, "parameter");
    }

    [Fact]
    public void An_update_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor parameter = ones(30, 10, dtype: type), gradient = ones_like(parameter), rows = zeros(30), columns = zeros(10);
            Assert.Equal(0, LeakCheck.Growth(() => Step.Apply(parameter, gradient, rows, columns)));
        }
    }

    private static Tensor Gradient(int number, long[] shape) => Fixed(ScalarType.BFloat16, 10 + number, shape).to(ScalarType.Float64);

    private static Tensor Updated(ScalarType type, long[] shape)
    {
        var parameter = Fixed(type, 1, shape);
        Tensor? rows = shape.Length < 2 ? null : zeros([.. shape[..^1]]);
        var columns = shape.Length < 2 ? zeros(shape) : zeros([.. shape[..^2], shape[^1]]);
        for (var number = 1; number <= 5; number++) (Step with { Number = number }).Apply(parameter, Gradient(number, shape).to(type), rows, columns);
        return parameter;
    }

    // In plain C#, element by element; three dimensions are matrices that share the rms.
    private static Tensor Formulas(long[] shape, ScalarType start)
    {
        var p = Fixed(start, 1, shape).to(ScalarType.Float64).data<double>().ToArray();
        var isMatrix = shape.Length >= 2;
        int columns = (int)shape[^1], rows = isMatrix ? (int)shape[^2] : 1, matrices = p.Length / (rows * columns);
        double[] r = new double[matrices * rows], c = new double[matrices * columns], u = new double[p.Length];
        for (var t = 1; t <= 5; t++)
        {
            var g = Gradient(t, shape).data<double>().ToArray();
            var beta = 1 - Math.Pow(t, -0.8);
            double Square(int matrix, int row, int column) => Math.Pow(g[(matrix * rows + row) * columns + column] * Step.GradientScale, 2) + 1e-30;
            for (var m = 0; m < matrices; m++)
            {
                for (var i = 0; i < rows; i++) r[m * rows + i] = beta * r[m * rows + i] + (1 - beta) * Enumerable.Range(0, columns).Average(j => Square(m, i, j));
                for (var j = 0; j < columns; j++) c[m * columns + j] = beta * c[m * columns + j] + (1 - beta) * Enumerable.Range(0, rows).Average(i => Square(m, i, j));
                var mean = r.Skip(m * rows).Take(rows).Average();
                for (var i = 0; i < rows; i++)
                    for (var j = 0; j < columns; j++)
                    {
                        var at = (m * rows + i) * columns + j;
                        u[at] = g[at] * Step.GradientScale / Math.Sqrt(isMatrix ? r[m * rows + i] * c[m * columns + j] / mean : c[j]);
                    }
            }
            var rms = Math.Sqrt(u.Average(value => value * value));
            for (var at = 0; at < p.Length; at++) p[at] = p[at] * (1 - Step.LearningRate * Step.WeightDecay) - Step.LearningRate * u[at] / Math.Max(1, rms);
        }
        return tensor(p).view(shape);
    }
}
