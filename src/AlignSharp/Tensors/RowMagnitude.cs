using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// What DoRA (Liu et al. 2024, arXiv:2402.09353) puts in place of the length of each row of <c>V = W + scaling · B·A</c>: the row becomes
/// <c>magnitude / ‖V‖ · V</c>. Borrowed.
/// </summary>
/// <param name="Magnitude">float32 or bfloat16 <c>[out]</c>.</param>
/// <param name="SquaredNorms">‖W‖² of each row, float64 <c>[out]</c>, as <see cref="DecomposedLinear.SquaredNorms"/> gives it; constant while W is.</param>
/// <param name="Norms">‖V‖ of each row as <see cref="DecomposedLinear.Norms"/> gives it, where it is known already; null to compute it.</param>
public readonly record struct RowMagnitude(Tensor Magnitude, Tensor SquaredNorms, Tensor? Norms = null);
