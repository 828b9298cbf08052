using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class RotaryTests
{
    public static TheoryData<int> HeadWidths => [2, 4, 6, 8, 14, 16, 18, 30, 32, 34, 64, 80, 128];

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Each_pair_of_the_two_halves_turns_by_its_angle(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var tables = new RotaryTables(tensor(new[,] { { 0.6f, 0 } }), tensor(new[,] { { 0.8f, 1 } }));
        var (queries, keys) = Rotary.Apply(tensor(new[] { 1.0, 2, 3, 4 }).view(1, 1, 4).to(type), tensor(new[] { 0.0, 1, 1, 0 }).view(1, 1, 4).to(type), tables);
        // (1, 3) by an angle of cosine 0.6 and sine 0.8, (2, 4) by a quarter turn.
        Near(tensor(new[] { 0.6 - 2.4, -4, 1.8 + 0.8, 2 }).view(1, 1, 4), queries, 1e-6, "queries");
        Near(tensor(new[] { -0.8, 0, 0.6, 1 }).view(1, 1, 4), keys, 1e-6, "keys");
    }

    [Fact]
    public void The_plain_form_has_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        var tables = Tables(3, 4);
        Assert.InRange(GradientCheck.LargestError(t => cat(Apply(t, tables), 1), [Fixed(ScalarType.Float64, 1, 3, 2, 8), Fixed(ScalarType.Float64, 2, 3, 1, 8)]), 0, 1e-7);
    }

    [Theory]
    [MemberData(nameof(HeadWidths))]
    public void The_kernel_equals_the_plain_form(int width)
    {
        using var scope = NewDisposeScope();
        foreach (var (type, tolerance) in new[] { (ScalarType.Float32, Float32Tolerance), (ScalarType.BFloat16, Bfloat16Tolerance(1)) })
        {
            foreach (var (heads, keyHeads) in new[] { (1, 1), (4, 2), (3, 1) })
            {
                foreach (var tokens in new[] { 1, 2, 33, 97 })
                {
                    var tables = Tables(tokens, width / 2);
                    AgreesWithFloat64(tolerance, t => Apply(t, tables), Leaf(type, 1, tokens, heads, width), Leaf(type, 2, tokens, keyHeads, width));
                }
            }
        }
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 1)]
    [InlineData(true, true, 0)]
    [InlineData(true, true, 1)]
    public void One_of_the_two_can_be_frozen_or_unused(bool trainsQueries, bool trainsKeys, int used)
    {
        using var scope = NewDisposeScope();
        var tables = Tables(5, 9);
        AgreesWithFloat64(Float32Tolerance, t => [Apply(t, tables)[used]],
            Fixed(ScalarType.Float32, 1, 5, 4, 18).requires_grad_(trainsQueries), Fixed(ScalarType.Float32, 2, 5, 2, 18).requires_grad_(trainsKeys));
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        var tables = Tables(5, 9);
        AgreesWithFloat64(Float32Tolerance, t => [.. Apply([Strided(t[0]), t[1].narrow(1, 1, 2)], tables).Select(Strided)], Leaf(ScalarType.Float32, 1, 5, 4, 18), Leaf(ScalarType.Float32, 2, 5, 4, 18));
    }

    [Fact]
    public void Turning_keeps_lengths_and_the_products_of_tokens_that_turn_alike()
    {
        using var scope = NewDisposeScope();
        Tensor queries = Fixed(ScalarType.Float32, 1, 5, 2, 16), keys = Fixed(ScalarType.Float32, 2, 5, 2, 16);
        var angles = Fixed(ScalarType.Float32, 3, 5, 8);
        var turned = Apply([queries, keys], new RotaryTables(angles.cos(), angles.sin()));
        Near((queries * keys).sum(-1), (turned[0] * turned[1]).sum(-1), Float32Tolerance, "products");
        Near(queries.norm(-1), turned[0].norm(-1), Float32Tolerance, "lengths");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        Tensor four = ones(5, 2, 4), tables = ones(5, 2);
        void Refused(Tensor queries, Tensor keys, Tensor cosines) => Assert.Throws<ArgumentException>(() => Rotary.Apply(queries, keys, new RotaryTables(cosines, cosines)));
        Refused(ones(5, 2, 3), ones(5, 2, 3), ones(5, 1)); // a head without halves
        Refused(four, four, ones(4, 2)); // too few tokens
        Refused(four, four, ones(5, 1));
        Refused(four, four, tables.to(ScalarType.Float64));
        Refused(four, ones(5, 2, 6), tables);
        Refused(four, four.to(ScalarType.BFloat16), tables);
        Refused(four, four, ones(2, 5).t());
    }

    private static Tensor[] Apply(Tensor[] inputs, RotaryTables tables)
    {
        var (queries, keys) = Rotary.Apply(inputs[0], inputs[1], tables);
        return [queries, keys];
    }

    // Of bfloat16, as a model in that type has them, and a different angle for every token and place.
    private static RotaryTables Tables(int tokens, int half)
    {
        var angles = arange(tokens * (long)half, dtype: ScalarType.Float32).view(tokens, half) * 0.7;
        return new RotaryTables(angles.cos().to(ScalarType.BFloat16).to(ScalarType.Float32), angles.sin().to(ScalarType.BFloat16).to(ScalarType.Float32));
    }
}
