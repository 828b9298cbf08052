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
        var norm = nn.utils.clip_grad_norm_(_slots.Select(s => s.Parameter), _options.MaxGradNorm > 0 ? _options.MaxGradNorm : double.PositiveInfinity);
        if (double.IsFinite(norm)) Step(learningRate);
        foreach (var slot in _slots) slot.ClearGradient();
        return new OptimizerUpdate(norm, learningRate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
    }

    // p -= lr·wd·p; m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; p -= lr/(1−β1ᵗ) · m / (√v/√(1−β2ᵗ) + ε)
    private void Step(double learningRate)
    {
        _updates++;
        var (beta1, beta2) = (_options.Beta1, _options.Beta2);
        // Disposed at the end and not before: see Tensors.ScalarArithmetic on numbers that die under a native call.
        using var keepFirst = beta1.ToScalar();
        using var addFirst = (1 - beta1).ToScalar();
        using var keepSecond = beta2.ToScalar();
        using var addSecond = (1 - beta2).ToScalar();
        using var root = Math.Sqrt(1 - Math.Pow(beta2, _updates)).ToScalar();
        using var epsilon = _options.Epsilon.ToScalar();
        using var one = 1.ToScalar();
        using var step = (-learningRate / (1 - Math.Pow(beta1, _updates))).ToScalar();
        using var shrink = (1 - learningRate * _options.WeightDecay).ToScalar();
        foreach (var slot in _slots)
        {
            if (slot.Parameter.grad is not { } gradient) continue;
            if (slot.IsDecayed && _options.WeightDecay != 0) slot.Parameter.mul_(shrink);
            slot.First.mul_(keepFirst).add_(gradient, addFirst);
            slot.Second.mul_(keepSecond).addcmul_(gradient, gradient, addSecond);
            using var denominator = slot.Second.sqrt().div_(root).add_(epsilon, one);
            slot.Parameter.addcdiv_(slot.First, denominator, step);
        }
    }

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
