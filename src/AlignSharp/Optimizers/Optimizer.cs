using AlignSharp.Data.Faults;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>
/// Updates parameters by their accumulated gradients: what all optimizers share, which is gradient clipping (Pascanu et al. 2012, arXiv:1211.5063) and
/// the two groups of transformers' Trainer. Owns its states; the parameters stay the model's.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly IUpdateRule _rule;
    private readonly double _maxGradNorm;
    private readonly StateMemory _memory;
    private readonly Slot[] _slots;
    private int _updates;

    /// <summary>Creates the states.</summary>
    /// <exception cref="DiskFullException">Paged states do not fit on the disk.</exception>
    private protected Optimizer(IEnumerable<(string Name, Parameter Value)> parameters, IUpdateRule rule, OptimizerOptions options)
    {
        (_rule, _maxGradNorm) = (rule, options.MaxGradNorm);
        var all = parameters.Select(p => (p.Name, p.Value, States: rule.States(new ParameterShape(p.Name, p.Value.shape, p.Value.dtype)))).ToArray();
        _memory = new StateMemory(all.SelectMany(p => p.States.Select(layout => (layout, p.Value.device))), options.PageFolder);
        _slots = [.. all.Select(p => new Slot(p.Value, IsDecayed(p.Name) ? options.WeightDecay : 0, [.. p.States.Select(layout => _memory.Zeros(layout, p.Value.device))]))];
    }

    /// <summary>Bytes of all states, wherever they lie.</summary>
    public long StateBytes => _slots.Sum(slot => slot.States.Sum(state => state.numel() * state.element_size()));

    /// <summary>The states of all parameters, in their order.</summary>
    internal IEnumerable<IReadOnlyList<Tensor>> States => _slots.Select(slot => slot.States);

    /// <summary>Trainer's rule: everything is decayed but biases and the weights of norms.</summary>
    /// <param name="name">Parameter name as in checkpoints.</param>
    public static bool IsDecayed(string name) =>
        !name.EndsWith("bias", StringComparison.Ordinal) && !name.Contains("norm.", StringComparison.Ordinal);

    /// <summary>Clips the accumulated gradient, updates the parameters, and clears the gradient.</summary>
    /// <param name="learningRate">Rate of this update.</param>
    /// <returns>The norm before clipping, not finite when the gradient is not; parameters and states are left alone then.</returns>
    public OptimizerUpdate Update(double learningRate)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var there = _slots.Select(slot => (Slot: slot, Gradient: slot.Parameter.grad)).Where(pair => pair.Gradient is not null).ToArray();
        var norm = GradientNorm.Of(there.Select(pair => pair.Gradient!));
        if (double.IsFinite(norm))
        {
            _updates++;
            var clipping = GradientNorm.ClippingFactor(norm, _maxGradNorm);
            foreach (var (slot, gradient) in there) _rule.Apply(slot.Parameter, gradient!, slot.States, new UpdateStep(learningRate, slot.WeightDecay, clipping, _updates));
        }
        DiscardGradients();
        return new OptimizerUpdate(norm, learningRate);
    }

    /// <summary>Clears the accumulated gradient without an update.</summary>
    public void DiscardGradients()
    {
        // Dropped, not filled with zeros: an unused parameter then stays untouched.
        foreach (var slot in _slots) slot.Parameter.grad = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _slots.SelectMany(slot => slot.States)) state.Dispose();
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed record Slot(Parameter Parameter, double WeightDecay, IReadOnlyList<Tensor> States);
}
