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
    private readonly Parameter[] _parameters;
    private readonly TorchSharp.Modules.AdamW _optimizer;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="parameters">Trainable parameters by name; the name decides whether a parameter is decayed.</param>
    /// <param name="options">Its parameters.</param>
    public AdamW(IEnumerable<(string Name, Parameter Value)> parameters, AdamWOptions options)
    {
        _options = options;
        var named = parameters.ToArray();
        _parameters = [.. named.Select(p => p.Value)];
        TorchSharp.Modules.AdamW.ParamGroup Group(bool decayed) => new(
            named.Where(p => IsDecayed(p.Name) == decayed).Select(p => p.Value).ToArray(),
            lr: 0, options.Beta1, options.Beta2, options.Epsilon, weight_decay: decayed ? options.WeightDecay : 0);
        _optimizer = optim.AdamW([.. new[] { Group(true), Group(false) }.Where(g => g.Parameters.Any())], lr: 0);
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
        using var scope = NewDisposeScope();
        var norm = nn.utils.clip_grad_norm_(_parameters, _options.MaxGradNorm > 0 ? _options.MaxGradNorm : double.PositiveInfinity);
        if (double.IsFinite(norm))
        {
            foreach (var group in _optimizer.ParamGroups) group.LearningRate = learningRate;
            _optimizer.step();
        }
        _optimizer.zero_grad();
        return new OptimizerUpdate(norm, learningRate);
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();
}
