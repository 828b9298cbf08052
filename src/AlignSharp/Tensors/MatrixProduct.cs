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
        if (left.shape[1] == 0)
        {
            if (!add) output.zero_();
        }
        else if (left.shape[0] <= FewRowsProduct.MostRows && right.stride(0) == 1)
        {
            FewRows(output, left, right, scale, add);
        }
        else if (IsForMicrokernel(left, right))
        {
            MultiplyBfloat16(MatrixView.Of(output), MatrixView.Of(left), MatrixView.Of(right), (float)scale, add);
        }
        else if (GoesToLibTorch(output, left, right))
        {
            if (add) TorchNatives.AddProduct(output, left, right, scale);
            else TorchNatives.Multiply(output, left, right);
            if (!add && scale != 1) ScaleInPlace(output, scale);
        }
        else
        {
            Multiply(MatrixView.Of(output), MatrixView.Of(left), MatrixView.Of(right), (float)scale, add);
        }
    }

    /// <summary>The product on <see cref="MicroProduct"/>.</summary>
    internal static void Multiply(MatrixView output, MatrixView left, MatrixView right, float scale, bool add, VectorWidth? width = null)
    {
        var columns = 2 * ((width ?? CpuKernels.Widest) switch { VectorWidth.Bits512 => 16, VectorWidth.Bits256 => 8, VectorWidth.Bits128 => 4, _ => 1 });
        InStrips(output, right, columns, sizeof(float), (memory, some, part) =>
        {
            var panels = (some.Columns + columns - 1) / columns;
            CpuKernels.Run(new PanelPacking(some) { Panels = (float*)memory }, right.Type, panels, (long)right.Rows * columns, width);
            var (blocks, runs) = Items(output.Rows, ProductTask.BlockRows, panels);
            var task = new ProductTask(part, left, runs, scale, add) { Panels = (float*)memory };
            CpuKernels.Run(task, output.Type, (long)blocks * runs, (long)ProductTask.BlockRows * some.Columns / runs * right.Rows / columns, width);
        });
    }

    /// <summary>The product of bfloat16 factors on libtorch's microkernel.</summary>
    internal static void MultiplyBfloat16(MatrixView output, MatrixView left, MatrixView right, float scale, bool add)
    {
        const int columns = Bfloat16PanelPacking.Columns;
        InStrips(output, right, columns, sizeof(ushort), (memory, some, part) =>
        {
            var panels = (some.Columns + columns - 1) / columns;
            CpuKernels.Run(new Bfloat16PanelPacking(some) { Panels = (ushort*)memory }, right.Type, panels, (long)right.Rows * columns / 4);
            var (blocks, runs) = Items(output.Rows, Bfloat16ProductTask.BlockRows, panels);
            var task = new Bfloat16ProductTask(part, left, runs, scale, add) { Panels = (ushort*)memory };
            CpuKernels.Run(task, output.Type, (long)blocks * runs, (long)Bfloat16ProductTask.BlockRows * some.Columns / runs * right.Rows / columns);
        });
    }

    private static void InStrips(MatrixView output, MatrixView right, int columns, int elementBytes, Action<nint, MatrixView, MatrixView> multiply)
    {
        long stripBytes = (long)right.Rows * columns * elementBytes;
        var strip = (int)Math.Min(right.Columns, Math.Max(1, MostPanelBytes / stripBytes) * columns);
        var memory = SlabMemory.Shared.Rent((strip + columns - 1) / columns * stripBytes);
        try
        {
            for (var start = 0; start < right.Columns; start += strip)
            {
                var count = Math.Min(strip, right.Columns - start);
                multiply(memory, right with { Data = right.At(0, start), Columns = count }, output with { Data = output.At(0, start), Columns = count });
            }
        }
        finally
        {
            SlabMemory.Shared.Return(memory);
        }
    }

    // Blocks of rows, and into how many runs their panels are divided so that every thread has some items.
    private static (int Blocks, int Runs) Items(int rows, int blockRows, int panels)
    {
        var blocks = (rows + blockRows - 1) / blockRows;
        return (blocks, Math.Clamp(4 * ThreadTeam.Threads / blocks, 1, panels));
    }

    private static void FewRows(Tensor output, Tensor left, Tensor right, double scale, bool add)
    {
        var view = MatrixView.Of(right);
        // The few rows become float32 first, so that the loop knows one type on the left.
        using var wide = left.to(ScalarType.Float32).contiguous();
        CpuKernels.Run(
            new FewRowsProduct(MatrixView.Of(output), view.Transposed, view.Rows, (float)scale, add) { Left = (float*)TorchNatives.Address(wide) },
            view.Type, view.Columns, (long)view.Rows * output.shape[0]);
    }

    // Two terms go together, so their number must be even.
    private static bool IsForMicrokernel(Tensor left, Tensor right) =>
        left.dtype == ScalarType.BFloat16 && right.dtype == ScalarType.BFloat16 && left.shape[1] % 2 == 0 && TorchNatives.MultiplyBfloat16Blocks;

    private static bool GoesToLibTorch(Tensor output, Tensor left, Tensor right)
    {
        if (output.dtype != left.dtype || output.dtype != right.dtype) return false;
        if (output.dtype == ScalarType.Float32 && OwnFloat32) return false;
        return 2.0 * left.shape[0] * left.shape[1] * right.shape[1] >= SmallFlops;
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
