using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// Products of matrices on the CPU, written to memory that is there already and without gradient. bfloat16 runs on libtorch's microkernel with tiles and
/// packing of our own, which share the packed factor among threads; mixed types, small float32 products (a call of libtorch costs more than they
/// do), and float32 on processors where libtorch's library does not use the full vectors run on <see cref="MicroProduct"/>; the rest is libtorch's.
/// </summary>
internal static unsafe class MatrixProduct
{
    // Products below this are done before libtorch's libraries have chosen a kernel.
    private const double SmallFlops = 4e6;

    // A wide right factor is packed strip by strip.
    private const long MostPanelBytes = 64L << 20;

    private const int ItemsPerThread = 4;

    // MKL, which libtorch uses for float32, takes 256-bit code on processors of other makers.
    private static readonly bool OwnFloat32 = CpuKernels.Widest == VectorWidth.Bits512 && !IsIntel();

    /// <summary><c>output = scale · left · right</c>.</summary>
    /// <param name="output"><c>[m, n]</c>, rows contiguous.</param>
    /// <param name="left"><c>[m, k]</c>, any strides.</param>
    /// <param name="right"><c>[k, n]</c>, any strides.</param>
    /// <param name="scale">Factor on the product.</param>
    /// <param name="add">Whether the product is added to what the output holds.</param>
    public static void Multiply(Tensor output, Tensor left, Tensor right, double scale = 1, bool add = false)
    {
        if (output.numel() == 0) return;
        if (left.size(1) == 0)
        {
            if (!add) output.zero_();
        }
        else if (IsOfFewRows(left, new RightFactor(right)))
        {
            FewRows(output, left, right, scale, add);
        }
        else if (IsForMicrokernel(left, new RightFactor(right)))
        {
            MultiplyBfloat16(MatrixView.Of(output), [(MatrixView.Of(left), new RightView(MatrixView.Of(right)))], (float)scale, add, []);
        }
        else if (GoesToLibTorch(output, left, right))
        {
            var started = Stopwatch.GetTimestamp();
            if (add) TorchNatives.AddProduct(output, left, right, scale);
            else TorchNatives.Multiply(output, left, right);
            if (!add && scale != 1) ScaleInPlace(output, scale);
            var elapsed = Stopwatch.GetTimestamp() - started;
            KernelProfile.Current?.Add("product of libtorch", elapsed, elapsed * ThreadTeam.Threads);
        }
        else
        {
            Multiply(MatrixView.Of(output), MatrixView.Of(left), MatrixView.Of(right), (float)scale, add);
        }
    }

    /// <inheritdoc cref="Multiply(Tensor, Tensor, Tensor, double, bool)"/>
    public static void Multiply(Tensor output, Tensor left, RightFactor right, double scale = 1, bool add = false)
    {
        if (right.Dense is { } dense)
        {
            Multiply(output, left, dense, scale, add);
        }
        else if (output.numel() > 0 && left.size(0) <= FewRowsProduct.MostRows && right.RunsAlongTerms)
        {
            FewRows(output, left, right.Codes!.Value.Matrix, scale, add);
        }
        else if (output.numel() > 0 && IsForMicrokernel(left, right))
        {
            MultiplyBfloat16(MatrixView.Of(output), [(MatrixView.Of(left), right.View)], (float)scale, add, []);
        }
        else
        {
            using var whole = right.Whole(left.dtype);
            Multiply(output, left, whole, scale, add);
        }
    }

    /// <summary><c>output = Σ left · right + Σ scale · inner · right</c>, rounded once where that is possible.</summary>
    /// <param name="output"><c>[m, n]</c>, rows contiguous.</param>
    /// <param name="factors">Pairs of <c>[m, k]</c> and <c>[k, n]</c>, each with a k of its own; at least one.</param>
    /// <param name="terms">Adapters' parts.</param>
    public static void MultiplySum(Tensor output, IReadOnlyList<(Tensor Left, RightFactor Right)> factors, IReadOnlyList<LowRankTerm> terms)
    {
        if (output.numel() == 0) return;
        var areWide = terms.All(term => term.Inner.dtype == ScalarType.Float32 && term.Right.dtype == ScalarType.Float32);
        if (areWide && factors.All(factor => IsForMicrokernel(factor.Left, factor.Right) && !IsOfFewRows(factor.Left, factor.Right)))
        {
            MultiplyBfloat16(MatrixView.Of(output), [.. factors.Select(factor => (MatrixView.Of(factor.Left), factor.Right.View))], 1, add: false, terms);
            return;
        }
        for (var i = 0; i < factors.Count; i++) Multiply(output, factors[i].Left, factors[i].Right, add: i > 0);
        foreach (var term in terms) Multiply(output, term.Inner, term.Right, term.Scale, add: true);
    }

    /// <summary>The product on <see cref="MicroProduct"/>.</summary>
    internal static void Multiply(MatrixView output, MatrixView left, MatrixView right, float scale, bool add, VectorWidth? width = null)
    {
        var columns = 2 * ((width ?? CpuKernels.Widest) switch { VectorWidth.Bits512 => 16, VectorWidth.Bits256 => 8, VectorWidth.Bits128 => 4, _ => 1 });
        var panelBytes = (long)right.Rows * columns * sizeof(float);
        var strip = (int)Math.Min(right.Columns, Math.Max(1, MostPanelBytes / panelBytes) * columns);
        var memory = SlabMemory.Shared.Rent((strip + columns - 1) / columns * panelBytes);
        try
        {
            for (var start = 0; start < right.Columns; start += strip)
            {
                var count = Math.Min(strip, right.Columns - start);
                var panels = (count + columns - 1) / columns;
                var packing = new PanelPacking(right with { Data = right.At(0, start), Columns = count }) { Panels = (float*)memory };
                CpuKernels.Run(packing, right.Type, panels, (long)right.Rows * columns, width);

                var blocks = (output.Rows + ProductTask.BlockRows - 1) / ProductTask.BlockRows;
                var runs = Runs(blocks, panels);
                var task = new ProductTask(output with { Data = output.At(0, start), Columns = count }, left, runs, scale, add) { Panels = (float*)memory };
                CpuKernels.Run(task, output.Type, (long)blocks * runs, (long)ProductTask.BlockRows * count / runs * right.Rows / columns, width);
            }
        }
        finally
        {
            SlabMemory.Shared.Return(memory);
        }
    }

    /// <summary>The sum of products of bfloat16 factors on libtorch's microkernel.</summary>
    internal static void MultiplyBfloat16(MatrixView output, (MatrixView Left, RightView Right)[] factors, float scale, bool add, IReadOnlyList<LowRankTerm> terms)
    {
        var panels = (output.Columns + Bfloat16PanelPacking.Columns - 1) / Bfloat16PanelPacking.Columns;
        var blocks = (output.Rows + Bfloat16ProductTask.BlockRows - 1) / Bfloat16ProductTask.BlockRows;
        var task = new Bfloat16ProductTask(output, factors, Runs(panels, blocks), scale, add)
        {
            Terms = [.. terms.Select(term => (MatrixView.Of(term.Inner), MatrixView.Of(term.Right), (float)term.Scale))],
        };
        CpuKernels.Run(task, output.Type, task.Items, (long)output.Rows * factors.Sum(factor => factor.Left.Columns) * panels / task.Items);
    }

    // Into how many runs the inner dimension is divided so that every thread has some items of the outer one.
    private static int Runs(int outer, int inner) => Math.Clamp((ItemsPerThread * ThreadTeam.Threads + outer - 1) / outer, 1, inner);

    private static void FewRows(Tensor output, Tensor left, Tensor right, double scale, bool add)
    {
        var view = MatrixView.Of(right);
        // The few rows become float32 first, so that the loop knows one type on the left.
        using var wide = left.to(ScalarType.Float32).contiguous();
        CpuKernels.Run(
            new FewRowsProduct(MatrixView.Of(output), view.Transposed, view.Rows, (float)scale, add) { Left = (float*)TorchNatives.Address(wide) },
            view.Type, (view.Columns + FewRowsProduct.Group - 1) / FewRowsProduct.Group, FewRowsProduct.Group * (long)view.Rows * output.size(0));
    }

    private static void FewRows(Tensor output, Tensor left, FourBitMatrix weight, double scale, bool add)
    {
        using var wide = left.to(ScalarType.Float32).contiguous();
        var terms = checked((int)weight.Columns);
        CpuKernels.Run(
            new FourBitFewRowsProduct(MatrixView.Of(output), weight.View(), (float)scale, add) { Left = (float*)TorchNatives.Address(wide) },
            left.dtype, (weight.Rows + FourBitFewRowsProduct.Group - 1) / FourBitFewRowsProduct.Group, FourBitFewRowsProduct.Group * (long)terms * output.size(0));
    }

    private static bool IsOfFewRows(Tensor left, RightFactor right) => left.size(0) <= FewRowsProduct.MostRows && right.RunsAlongTerms;

    // Two terms go together, so their number must be even.
    private static bool IsForMicrokernel(Tensor left, RightFactor right) =>
        left.dtype == ScalarType.BFloat16 && right.IsHalf && left.size(1) % 2 == 0 && TorchNatives.MultiplyBfloat16Blocks;

    private static bool GoesToLibTorch(Tensor output, Tensor left, Tensor right)
    {
        if (output.dtype != left.dtype || output.dtype != right.dtype) return false;
        if (output.dtype == ScalarType.Float32 && OwnFloat32) return false;
        return 2.0 * left.size(0) * left.size(1) * right.size(1) >= SmallFlops;
    }

    private static void ScaleInPlace(Tensor output, double scale)
    {
        using var number = scale.ToScalar();
        output.mul_(number);
    }

    private static bool IsIntel()
    {
        if (!X86Base.IsSupported) return false;
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        return (b, c, d) == (0x756E6547, 0x6C65746E, 0x49656E69); // "GenuineIntel", four letters a register
    }
}
