using AlignSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018, arXiv:1804.04235) as transformers' Trainer sets it up: the rate that is given, neither relative nor scaled by the parameter,
/// no first moment, and a second moment that is one number a row and one a column.
/// </summary>
internal sealed class Adafactor(IEnumerable<(string Name, Parameter Value)> parameters, OptimizerOptions options) : Optimizer(parameters, new Rule(), options)
{
    internal sealed class Rule : IUpdateRule
    {
        public IReadOnlyList<StateLayout> States(ParameterShape parameter)
        {
            var sizes = parameter.Sizes;
            if (sizes.Count < 2) return [new("exp_avg_sq", sizes, ScalarType.Float32)];
            return [new("exp_avg_sq_row", [.. sizes.SkipLast(1)], ScalarType.Float32), new("exp_avg_sq_col", [.. sizes.SkipLast(2), sizes[^1]], ScalarType.Float32)];
        }

        public void Apply(Tensor parameter, Tensor gradient, IReadOnlyList<Tensor> states, UpdateStep step) =>
            new AdafactorStep(step.LearningRate, step.WeightDecay, step.GradientScale, step.Number).Apply(parameter, gradient, states.Count == 2 ? states[0] : null, states[^1]);
    }
}
