using AlignSharp.Tensors.Kernels;
using TorchSharp.Modules;

namespace AlignSharp.Optimizers;

/// <summary>PyTorch's SGD, with momentum if it is above 0: <c>sgd</c>. The decay is part of the gradient.</summary>
internal sealed class StochasticGradientDescent(IEnumerable<(string Name, Parameter Value)> parameters, OptimizerOptions options, double momentum = 0)
    : Optimizer(parameters, Rule(momentum), options)
{
    public static IUpdateRule Rule(double momentum) => momentum == 0
        ? new FormulaRule<GradientDescent>(default, step => new GradientDescent(step.LearningRate, step.WeightDecay))
        : new FormulaRule<MomentumDescent>(default, step => new MomentumDescent(step.LearningRate, momentum, step.WeightDecay));
}
