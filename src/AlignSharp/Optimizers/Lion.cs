using AlignSharp.Tensors.Kernels;
using TorchSharp.Modules;

namespace AlignSharp.Optimizers;

/// <summary>
/// Lion (Chen et al. 2023, arXiv:2302.06675) in bitsandbytes' form, with its momentum in float32 or in 8-bit codes, paged or not: <c>lion_32bit</c>, <c>lion_8bit</c>,
/// <c>paged_lion_32bit</c>, <c>paged_lion_8bit</c>.
/// </summary>
internal sealed class Lion(IEnumerable<(string Name, Parameter Value)> parameters, AdamWOptions options, StateStorage storage)
    : Optimizer(parameters, Rule(options, storage), options)
{
    public static IUpdateRule Rule(AdamWOptions options, StateStorage storage) =>
        new FormulaRule<LionStep>(storage, step => new LionStep(step.LearningRate, options.Beta1, options.Beta2, step.WeightDecay));
}
