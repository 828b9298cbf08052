using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Applies an optimizer's formula to a parameter and its states in place: by a kernel where there is one, else composed of libtorch's operators.</summary>
internal static class StateStep
{
    /// <summary>With states in float32.</summary>
    /// <param name="formula">One update.</param>
    /// <param name="gradientScale">Factor on the gradient, from clipping.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient; left as it is.</param>
    /// <param name="states">As many as the formula has, float32, of the parameter's shape, contiguous; on the CPU if the parameter is.</param>
    public static void Apply<TFormula>(TFormula formula, double gradientScale, Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states) where TFormula : struct, IUpdateFormula
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (KernelsHandle(parameter, gradient)) RunKernel(formula, gradientScale, parameter, gradient.contiguous(), states);
        else Compose(formula, gradientScale, parameter, gradient, states);
    }

    /// <summary>With states in 8-bit codes.</summary>
    /// <param name="formula">One update.</param>
    /// <param name="gradientScale">Factor on the gradient, from clipping.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient; left as it is.</param>
    /// <param name="states">One or two, as many as the formula has.</param>
    public static void ApplyCoded<TFormula>(TFormula formula, double gradientScale, Tensor parameter, Tensor gradient, ReadOnlySpan<CodedState> states) where TFormula : struct, IUpdateFormula
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (KernelsHandle(parameter, gradient)) RunKernel(formula, gradientScale, parameter, gradient.contiguous(), states);
        else Compose(formula, gradientScale, parameter, gradient, states);
    }

    private static bool KernelsHandle(Tensor parameter, Tensor gradient) => CpuKernels.Handle(parameter) && parameter.is_contiguous() && gradient.dtype == parameter.dtype;

    private static unsafe void RunKernel<TFormula>(TFormula formula, double gradientScale, Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states) where TFormula : struct, IUpdateFormula
    {
        var count = parameter.numel();
        var kernel = new StateUpdate<TFormula>(formula, count)
        {
            Parameter = (byte*)TorchNatives.Address(parameter),
            Gradient = (byte*)TorchNatives.Address(gradient),
            First = states.Length > 0 ? (float*)TorchNatives.Address(states[0]) : null,
            Second = states.Length > 1 ? (float*)TorchNatives.Address(states[1]) : null,
            GradientScale = (float)gradientScale,
        };
        const int block = StateUpdate<TFormula>.BlockElements;
        CpuKernels.Run(kernel, parameter.dtype, (count + block - 1) / block, block);
    }

    private static unsafe void RunKernel<TFormula>(TFormula formula, double gradientScale, Tensor parameter, Tensor gradient, ReadOnlySpan<CodedState> states) where TFormula : struct, IUpdateFormula
    {
        var count = parameter.numel();
        var kernel = new BlockwiseStateUpdate<TFormula>(formula, count)
        {
            Parameter = (byte*)TorchNatives.Address(parameter),
            Gradient = (byte*)TorchNatives.Address(gradient),
            FirstCodes = (byte*)TorchNatives.Address(states[0].Codes),
            FirstMagnitudes = (float*)TorchNatives.Address(states[0].Magnitudes),
            FirstBook = states[0].Book,
            SecondCodes = states.Length > 1 ? (byte*)TorchNatives.Address(states[1].Codes) : null,
            SecondMagnitudes = states.Length > 1 ? (float*)TorchNatives.Address(states[1].Magnitudes) : null,
            SecondBook = states.Length > 1 ? states[1].Book : null,
            GradientScale = (float)gradientScale,
        };
        // Reading and finding a code takes about as long as adding ten elements.
        CpuKernels.Run(kernel, parameter.dtype, CodedState.Blocks(count), CodedState.BlockElements * 10 * TFormula.States);
    }

    private static void Compose<TFormula>(TFormula formula, double gradientScale, Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states) where TFormula : struct, IUpdateFormula
    {
        // Paged states of a parameter on the GPU lie in host memory.
        Tensor[] there = [.. states.ToArray().Select(state => state.to(parameter.device))];
        var moved = parameter.to(ScalarType.Float32, copy: true);
        formula.Compose(moved, gradient.to(ScalarType.Float32).Times(gradientScale), there);
        parameter.copy_(moved);
        for (var i = 0; i < there.Length; i++) states[i].copy_(there[i]);
    }

    private static void Compose<TFormula>(TFormula formula, double gradientScale, Tensor parameter, Tensor gradient, ReadOnlySpan<CodedState> states) where TFormula : struct, IUpdateFormula
    {
        CodedState[] there = [.. states.ToArray().Select(state => state with { Codes = state.Codes.to(parameter.device), Magnitudes = state.Magnitudes.to(parameter.device) })];
        Tensor[] values = [.. there.Select(state => state.Decode())];
        Tensor before = parameter.to(ScalarType.Float32).flatten(), wide = gradient.to(ScalarType.Float32).flatten(), finite = wide.isfinite(), moved = before.clone(), nothing = zeros_like(wide);
        formula.Compose(moved, wide.Times(gradientScale), values);
        parameter.copy_(where(finite, moved, before).view(parameter.shape));
        for (var i = 0; i < there.Length; i++)
        {
            there[i].Encode(where(finite, values[i], nothing));
            states[i].Codes.copy_(there[i].Codes);
            states[i].Magnitudes.copy_(there[i].Magnitudes);
        }
    }
}
