using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// Activation checkpointing (Chen et al. 2016, arXiv:1604.06174): a part of a model keeps its input alone and is computed again when its gradient is
/// wanted. The same operations run on the same numbers, dropout included, so the result is the same bit for bit.
/// </summary>
public static class Recomputation
{
    /// <summary>Applies a part of a model.</summary>
    /// <param name="x">Its input.</param>
    /// <param name="part">The part: a function of the input, of the constants and of parameters, whose outputs are owned by the caller's scope.</param>
    /// <param name="parameters">The part's parameters.</param>
    /// <param name="constants">Tensors without gradient that the part reads and that may be disposed before the backward pass; kept for it.</param>
    /// <returns>The part's outputs, owned by the caller's scope.</returns>
    public static Tensor[] Apply(Tensor x, Func<Tensor, Tensor[], Tensor[]> part, IEnumerable<Tensor> parameters, params Tensor[] constants)
    {
        // One trained parameter among the inputs makes the node exist where the input itself wants no gradient.
        var anchor = x.requires_grad ? null : parameters.FirstOrDefault(parameter => parameter.requires_grad);
        return Operation.Apply(new Part(part, constants), x, anchor);
    }

    private sealed class Part(Func<Tensor, Tensor[], Tensor[]> part, Tensor[] constants) : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            if (IsRecorded) Save([inputs[0], RandomState(), .. constants]);
            return part(inputs[0]!, constants);
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            using var withGradient = enable_grad();
            var x = saved[0]!.detach().requires_grad_(Wants(0));
            var outputs = Again(x, saved[1]!, [.. saved[2..]!]);
            var (tensors, slopes) = (new List<Tensor>(), new List<Tensor>());
            foreach (var (output, gradient) in outputs.Zip(gradients))
            {
                if (gradient is null || !output.requires_grad) continue;
                tensors.Add(output);
                slopes.Add(gradient);
            }
            if (tensors.Count > 0) autograd.backward(tensors, slopes);
            return [x.grad, null];
        }

        private Tensor[] Again(Tensor x, Tensor randomState, Tensor[] kept)
        {
            using var now = RandomState();
            Restore(randomState);
            try
            {
                return part(x, kept);
            }
            finally
            {
                Restore(now);
            }
        }

        // The generator is held until the call is over: one that is collected dies under it (docs/design/0005-numbers-alive.md).
        private static Tensor RandomState()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        private static void Restore(Tensor randomState)
        {
            using var generator = Generator.Default;
            generator.set_state(randomState);
        }
    }
}
