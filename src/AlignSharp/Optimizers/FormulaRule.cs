using AlignSharp.Quantization;
using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>A formula of elements with its states in float32 or in 8-bit codes. The first state may have either sign, the second one has none.</summary>
/// <param name="storage">How states are kept.</param>
/// <param name="formula">The formula of an update.</param>
internal sealed class FormulaRule<TFormula>(StateStorage storage, Func<UpdateStep, TFormula> formula) : IUpdateRule where TFormula : struct, IUpdateFormula
{
    public IReadOnlyList<StateLayout> States(ParameterShape parameter)
    {
        var isPaged = storage.Pages(parameter);
        if (!storage.Codes(parameter)) return [.. Enumerable.Range(1, TFormula.States).Select(i => new StateLayout($"state{i}", parameter.Sizes, ScalarType.Float32, isPaged))];
        return
        [
            .. Enumerable.Range(1, TFormula.States).SelectMany(i => new StateLayout[]
            {
                new($"state{i}", [parameter.Elements], ScalarType.Byte, isPaged),
                new($"absmax{i}", [CodedState.Blocks(parameter.Elements)], ScalarType.Float32),
            }),
        ];
    }

    public void Apply(Tensor parameter, Tensor gradient, IReadOnlyList<Tensor> states, UpdateStep step)
    {
        if (states.Count == TFormula.States)
        {
            StateStep.Apply(formula(step), step.GradientScale, parameter, gradient, states.ToArray().AsSpan());
            return;
        }
        var coded = new CodedState[TFormula.States];
        for (var i = 0; i < coded.Length; i++) coded[i] = new CodedState(states[2 * i], states[2 * i + 1], i == 0 ? CodeBooks.Signed : CodeBooks.Unsigned);
        StateStep.ApplyCoded(formula(step), step.GradientScale, parameter, gradient, coded.AsSpan());
    }
}

/// <summary>The books of the dynamic maps.</summary>
file static class CodeBooks
{
    public static readonly CodeBook Signed = new(DynamicMap.Signed);
    public static readonly CodeBook Unsigned = new(DynamicMap.Unsigned);
}
