using AlignSharp.Tensors.Kernels;
using TorchSharp.Modules;

namespace AlignSharp.Optimizers;

/// <summary>
/// AdamW in bitsandbytes' form, which decays after the step, with states in float32 or in 8-bit codes (Dettmers et al. 2021, arXiv:2110.02861), paged or not:
/// <c>adamw_8bit</c>, <c>paged_adamw_8bit</c>, <c>paged_adamw_32bit</c>.
/// </summary>
internal sealed class CompactAdamW(IEnumerable<(string Name, Parameter Value)> parameters, AdamWOptions options, StateStorage storage)
    : Optimizer(parameters, Rule(options, storage), options)
{
    public static IUpdateRule Rule(AdamWOptions options, StateStorage storage) => new FormulaRule<LateDecayAdamW>(
        storage, step => new LateDecayAdamW(step.LearningRate, options.Beta1, options.Beta2, options.Epsilon, step.WeightDecay, step.Number));
}
