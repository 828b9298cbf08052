using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

/// <summary>The frame of all operators, with operators that say when they are called and can be told to fail.</summary>
public class OperationTests
{
    [Fact]
    public void Without_a_gradient_an_operation_is_a_plain_call()
    {
        using var scope = NewDisposeScope();
        var doubling = new Doubling();
        Assert.False(Operation.Apply(doubling, ones(3))[0].requires_grad);
        Assert.False(doubling.WasRecorded);
        using var noGradient = no_grad();
        Assert.False(Operation.Apply(doubling = new Doubling(), ones(3).requires_grad_())[0].requires_grad);
        Assert.False(doubling.WasRecorded);
    }

    [Fact]
    public void Results_belong_to_the_callers_scope_and_all_else_dies()
    {
        using var outer = NewDisposeScope();
        var x = ones(3).requires_grad_();
        Tensor kept;
        using (NewDisposeScope())
        {
            var before = LeakCheck.LiveTensors;
            var result = Operation.Apply(new Doubling(), x)[0];
            Assert.Equal(before + 1, LeakCheck.LiveTensors);
            kept = result.MoveToOuterDisposeScope();
        }
        Backpropagation.Run(kept.sum());
        Assert.Equal([2, 2, 2], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void An_input_may_be_left_out_and_a_gradient_be_absent()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        var outputs = Operation.Apply(new Pairing(), x, null);
        Backpropagation.Run(outputs[1].sum());
        // Only the second of the two outputs, three times the input, has been used.
        Assert.Equal([3, 3, 3], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void A_gradient_of_an_output_that_is_used_twice_is_the_sum()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        var y = Operation.Apply(new Doubling(), x)[0];
        Backpropagation.Run((y * y).sum());
        Assert.Equal([8, 8, 8], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void An_exception_of_the_forward_pass_arrives_as_it_is()
    {
        using var scope = NewDisposeScope();
        foreach (var wantsGradient in new[] { true, false })
        {
            var x = ones(3).requires_grad_(wantsGradient);
            Assert.Equal("forward", Assert.Throws<InvalidOperationException>(() => Operation.Apply(new Doubling { FailsForward = true }, x)).Message);
        }
    }

    [Fact]
    public void An_exception_of_the_backward_pass_is_thrown_after_it_and_the_next_pass_works()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        Tensor Chain(bool fails) => Operation.Apply(new Doubling(), Operation.Apply(new Doubling { FailsBackward = fails }, Operation.Apply(new Doubling(), x)[0])[0])[0].sum();
        for (var i = 0; i < 3; i++)
        {
            var fault = Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(Chain(fails: true)));
            Assert.Equal("backward", fault.Message);
            Assert.Contains(nameof(Doubling), fault.StackTrace, StringComparison.Ordinal);
            x.grad = null;
            Backpropagation.Run(Chain(fails: false));
            Assert.Equal([8, 8, 8], x.grad!.data<float>().ToArray());
            x.grad = null;
        }
    }

    [Fact]
    public void Behind_an_exception_no_further_operation_runs()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        var (first, second) = (new Doubling(), new Doubling { FailsBackward = true });
        var loss = Operation.Apply(second, Operation.Apply(first, x)[0])[0].sum();
        Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(loss));
        Assert.Equal((0, 1), (first.BackwardCalls, second.BackwardCalls));
    }

    [Fact]
    public void What_libtorch_throws_behind_an_exception_neither_hides_it_nor_spoils_the_next_pass()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        var exponential = x.exp();
        var spoilt = exponential.sum();
        using (no_grad()) exponential.zero_(); // its gradient needs the values: libtorch refuses to go on when it comes to them
        var fails = Operation.Apply(new Doubling { FailsBackward = true }, x)[0].sum(); // made later, so that its gradient comes first
        Assert.Equal("backward", Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(fails.Plus(spoilt))).Message);
        x.grad = null;
        Backpropagation.Run(Operation.Apply(new Doubling(), x)[0].sum());
        Assert.Equal([2, 2, 2], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void A_gradient_of_the_wrong_shape_is_refused_and_the_next_pass_works()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        Assert.ThrowsAny<Exception>(() => Backpropagation.Run(Operation.Apply(new Doubling { GivesWrongShape = true }, x)[0].sum()));
        x.grad = null;
        Backpropagation.Run(Operation.Apply(new Doubling(), x)[0].sum());
        Assert.Equal([2, 2, 2], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Passes_leave_no_tensor_behind_whether_they_fail_or_not()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        foreach (var fails in new[] { false, true })
        {
            Assert.Equal(0, LeakCheck.Growth(() =>
            {
                using var pass = NewDisposeScope();
                var loss = Operation.Apply(new Doubling(), Operation.Apply(new Doubling { FailsBackward = fails }, x)[0])[0].sum();
                if (fails) Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(loss));
                else Backpropagation.Run(loss);
                x.grad = null;
            }));
        }
    }

    private sealed class Doubling : Operation
    {
        public bool FailsForward { get; init; }

        public bool FailsBackward { get; init; }

        public bool GivesWrongShape { get; init; }

        public bool WasRecorded { get; private set; }

        public int BackwardCalls { get; private set; }

        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            if (FailsForward) throw new InvalidOperationException("forward");
            WasRecorded = IsRecorded;
            if (IsRecorded) Save(inputs[0]);
            _ = inputs[0]!.Times(5); // left to the scope
            return [inputs[0]!.Times(2)];
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            BackwardCalls++;
            Assert.Equal(InputCount, saved.Length);
            if (FailsBackward) throw new InvalidOperationException("backward");
            return [GivesWrongShape ? ones(7, 5) : gradients[0]!.Times(2)];
        }
    }

    // Two outputs, twice and three times the first input; a second input is never there.
    private sealed class Pairing : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            Assert.Null(inputs[1]);
            return [inputs[0]!.Times(2), inputs[0]!.Times(3)];
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            Assert.Null(gradients[0]);
            return [gradients[1]!.Times(3), null];
        }
    }
}
