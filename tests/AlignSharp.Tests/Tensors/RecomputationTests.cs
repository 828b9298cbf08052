using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace AlignSharp.Tests.Tensors;

[Collection(ProcessWide.Name)]
public class RecomputationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void Outputs_and_gradients_have_the_bits_of_a_plain_pass(double dropout)
    {
        using var scope = NewDisposeScope();
        var (plain, recomputed) = (Pass(Part, recompute: false), Pass(Part, recompute: true));
        Assert.Equal(plain, recomputed);

        Tensor[] Part(Tensor x, Parameter[] weights)
        {
            var map = new LinearMap(weights[0], null, new LowRankUpdate(weights[1], weights[2], 1, dropout));
            var first = Linear.Apply(x, map);
            return [Residual.Add(x, first), SwiGlu.Apply(first, Linear.Apply(x, map))];
        }
    }

    [Fact]
    public void One_used_output_of_two_is_enough()
    {
        using var scope = NewDisposeScope();
        static Tensor[] Part(Tensor x, Parameter[] weights) => [SwiGlu.Apply(x, Linear.Apply(x, new LinearMap(weights[0]))), Linear.Apply(x, new LinearMap(weights[0]))];
        Assert.Equal(Pass(Part, recompute: false, used: 1), Pass(Part, recompute: true, used: 1));
    }

    [Fact]
    public void An_input_that_is_frozen_leaves_the_parameters_their_gradient()
    {
        using var scope = NewDisposeScope();
        static Tensor[] Part(Tensor x, Parameter[] weights) => [Linear.Apply(x, new LinearMap(weights[0]))];
        var (plain, recomputed) = (Pass(Part, recompute: false, trainsInput: false), Pass(Part, recompute: true, trainsInput: false));
        Assert.Equal(plain, recomputed);
        Assert.NotEmpty(plain[^3]);
    }

    [Fact]
    public void Parts_can_be_nested_and_follow_one_another()
    {
        using var scope = NewDisposeScope();
        static Tensor[] Inner(Tensor x, Parameter[] weights) => [Linear.Apply(x, new LinearMap(weights[0]))];
        Tensor[] Twice(Tensor x, Parameter[] weights, bool recompute) =>
            recompute ? Recomputation.Apply(Inner(x, weights)[0], (y, _) => Inner(y, weights), weights) : Inner(Inner(x, weights)[0], weights);
        Assert.Equal(Pass((x, weights) => Twice(x, weights, false), recompute: false), Pass((x, weights) => Twice(x, weights, true), recompute: true));
    }

    [Fact]
    public void Constants_may_be_disposed_before_they_are_read_again()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, 3).requires_grad_();
        Tensor[] outputs;
        using (var constant = full(2, 3, 5f)) outputs = Recomputation.Apply(x, (input, constants) => [input * constants[0]], [], constant);
        Backpropagation.Run(outputs[0].sum());
        Assert.Equal(30, x.grad!.sum().item<float>());
    }

    [Fact]
    public void Nothing_that_follows_notices_the_numbers_that_were_drawn_again()
    {
        using var scope = NewDisposeScope();
        static Tensor[] Part(Tensor x, Parameter[] weights) => [Linear.Apply(x, new LinearMap(weights[0], null, new LowRankUpdate(weights[1], weights[2], 1, 0.5)))];
        Pass(Part, recompute: false);
        var after = Bits(get_rng_state());
        Pass(Part, recompute: true);
        Assert.Equal(after, Bits(get_rng_state()));
    }

    [Fact]
    public void An_exception_while_computing_again_arrives_and_the_next_pass_works()
    {
        using var scope = NewDisposeScope();
        var calls = 0;
        Tensor[] Part(Tensor x, Tensor[] constants) => ++calls == 2 ? throw new InvalidOperationException("the second time") : [x.Times(3)];
        var x = ones(2, 2).requires_grad_();
        var loss = Recomputation.Apply(x, Part, [])[0].sum();
        Assert.Equal("the second time", Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(loss)).Message);
        x.grad = null;
        Backpropagation.Run(Recomputation.Apply(x, Part, [])[0].sum());
        Assert.Equal(12, x.grad!.sum().item<float>());
    }

    [Fact]
    public void The_input_alone_is_kept_and_a_pass_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf(ScalarType.Float32, 1, 5, 7), weight = Leaf(ScalarType.Float32, 2, 7, 7);
        Tensor[] Part(Tensor input, Tensor[] constants) => [Linear.Apply(SwiGlu.Apply(input, input), new LinearMap(weight))];
        Assert.Equal(0, LeakCheck.Growth(() =>
        {
            using var pass = NewDisposeScope();
            Backpropagation.Run(Recomputation.Apply(x, Part, [weight])[0].sum());
            (x.grad, weight.grad) = (null, null);
        }));
    }

    // Bits of the outputs and of the gradients of the input and of three parameters.
    private static byte[][] Pass(Func<Tensor, Parameter[], Tensor[]> part, bool recompute, int? used = null, bool trainsInput = true)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var x = Fixed(ScalarType.Float32, 1, 5, 7).requires_grad_(trainsInput);
        Parameter[] weights = [new(Fixed(ScalarType.Float32, 2, 7, 7)), new(Fixed(ScalarType.Float32, 3, 2, 7)), new(Fixed(ScalarType.Float32, 4, 7, 2))];
        var (outputs, gradients) = Run(_ =>
        {
            var input = x.Times(2);
            var all = recompute ? Recomputation.Apply(input, (y, _) => part(y, weights), weights) : part(input, weights);
            return used is { } one ? [all[one]] : all;
        }, [x, .. weights]);
        return [.. outputs.Select(Bits), .. gradients.Select(gradient => gradient is null ? [] : Bits(gradient))];
    }
}
