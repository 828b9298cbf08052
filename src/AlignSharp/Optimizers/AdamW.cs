using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>
/// AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) in PyTorch's form, with gradient clipping and the two parameter groups of
/// transformers' Trainer. Owns its moments; the parameters stay the model's.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly AdamWOptions _options;
    private readonly Slot[] _slots;
    private int _updates;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="parameters">Trainable parameters by name; the name decides whether a parameter is decayed.</param>
    /// <param name="options">Its parameters.</param>
    public AdamW(IEnumerable<(string Name, Parameter Value)> parameters, AdamWOptions options)
    {
        _options = options;
        _slots = [.. parameters.Select(p => new Slot(p.Value, IsDecayed(p.Name)))];
    }

    /// <summary>Trainer's rule: everything is decayed but biases and the weights of norms.</summary>
    /// <param name="name">Parameter name as in checkpoints.</param>
    public static bool IsDecayed(string name) =>
        !name.EndsWith("bias", StringComparison.Ordinal) && !name.Contains("norm.", StringComparison.Ordinal);

    /// <summary>Clips the accumulated gradient, updates the parameters, and clears the gradient.</summary>
    /// <param name="learningRate">Rate of this update.</param>
    /// <returns>The norm before clipping, not finite when the gradient is not; the parameters are left alone then.</returns>
    public OptimizerUpdate Update(double learningRate)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var there = _slots.Select(slot => (Slot: slot, Gradient: slot.Parameter.grad)).Where(pair => pair.Gradient is not null).ToArray();
        var norm = GradientNorm.Of(there.Select(pair => pair.Gradient!));
        if (double.IsFinite(norm))
        {
            _updates++;
            foreach (var (slot, gradient) in there) Step(slot, learningRate, norm).Apply(slot.Parameter, gradient!, slot.First, slot.Second);
        }
        DiscardGradients();
        return new OptimizerUpdate(norm, learningRate);
    }

    /// <summary>Clears the accumulated gradient without an update.</summary>
    public void DiscardGradients()
    {
        foreach (var slot in _slots) slot.ClearGradient();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
    }

    private AdamWStep Step(Slot slot, double learningRate, double norm) => new(
        learningRate, _options.Beta1, _options.Beta2, _options.Epsilon, slot.IsDecayed ? _options.WeightDecay : 0, GradientNorm.ClippingFactor(norm, _options.MaxGradNorm), _updates);

    private sealed class Slot(Parameter parameter, bool isDecayed) : IDisposable
    {
        public Parameter Parameter => parameter;

        public bool IsDecayed => isDecayed;

        public Tensor First { get; } = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();

        public Tensor Second { get; } = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();

        // Dropped, not filled with zeros: an unused parameter then stays untouched.
        public void ClearGradient() => parameter.grad = null;

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
        }
    }
}
