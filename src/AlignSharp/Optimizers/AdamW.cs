using AlignSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) in PyTorch's form: <c>adamw_torch</c> and <c>adamw_torch_fused</c>. Owns its moments; the parameters stay the model's.</summary>
/// <param name="parameters">Trainable parameters by name; the name decides whether a parameter is decayed.</param>
/// <param name="options">Its parameters.</param>
public sealed class AdamW(IEnumerable<(string Name, Parameter Value)> parameters, AdamWOptions options) : Optimizer(parameters, new Rule(options), options)
{
    /// <summary>Two moments of the parameter's type, as PyTorch keeps them.</summary>
    internal sealed class Rule(AdamWOptions options) : IUpdateRule
    {
        public IReadOnlyList<StateLayout> States(ParameterShape parameter) =>
            [new("exp_avg", parameter.Sizes, parameter.Type), new("exp_avg_sq", parameter.Sizes, parameter.Type)];

        public void Apply(Tensor parameter, Tensor gradient, IReadOnlyList<Tensor> states, UpdateStep step) =>
            new AdamWStep(step.LearningRate, options.Beta1, options.Beta2, options.Epsilon, step.WeightDecay, step.GradientScale, step.Number)
                .Apply(parameter, gradient, states[0], states[1]);
    }
}
