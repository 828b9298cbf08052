using System.Diagnostics;
using System.Runtime.Intrinsics;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Runs kernels: chooses the vector width and the element type, and spreads the items over the threads.</summary>
internal static class CpuKernels
{
    // Below this a job is done before another thread has woken up: some twenty microseconds.
    private const long WorkOfAPart = 100_000;
    private const int PartsPerThread = 16;

    /// <summary>The widest vectors that .NET accelerates here.</summary>
    public static VectorWidth Widest { get; } =
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>The widest vectors that a row of some elements still fills: narrow rows are not left to the loop over single elements.</summary>
    /// <param name="elements">Elements of a row.</param>
    public static VectorWidth WidestBelow(long elements)
    {
        var fitting = elements >= 16 ? VectorWidth.Bits512 : elements >= 8 ? VectorWidth.Bits256 : elements >= 4 ? VectorWidth.Bits128 : VectorWidth.Scalar;
        return fitting < Widest ? fitting : Widest;
    }

    /// <summary>Whether kernels can read a tensor; where not, operators are composed of libtorch's.</summary>
    /// <param name="tensor">A tensor.</param>
    public static bool Handle(Tensor tensor) => tensor.device_type == DeviceType.CPU && Stores(tensor.dtype) && TorchNatives.AreThere;

    /// <summary>Whether kernels know an element type.</summary>
    /// <param name="type">A type.</param>
    public static bool Stores(ScalarType type) => type is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>Work of an exponential of an element.</summary>
    public const int ExponentialWork = 4;

    /// <summary>Runs a kernel over all items.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="type">How the activations are stored.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="work">How long an item takes, in the time of adding two elements, by which small jobs stay on one thread.</param>
    /// <param name="width">Width of the vectors; null for the widest.</param>
    public static void Run(IKernel kernel, ScalarType type, long items, long work, VectorWidth? width = null)
    {
        if (items == 0) return;
        var parts = (int)Math.Min(items, Math.Clamp(items * work / WorkOfAPart, 1, ThreadTeam.Threads * PartsPerThread));
        void Part(int part) => RunSome(kernel, type, (int)(items * part / parts), (int)(items * (part + 1) / parts), width ?? Widest);
        if (KernelProfile.Current is { } profile) RunRecorded(kernel, parts, Part, profile);
        else ThreadTeam.Run(parts, Part);
    }

    private static void RunRecorded(IKernel kernel, int parts, Action<int> work, KernelProfile profile)
    {
        var (started, busy) = (Stopwatch.GetTimestamp(), 0L);
        ThreadTeam.Run(parts, part =>
        {
            var begun = Stopwatch.GetTimestamp();
            work(part);
            Interlocked.Add(ref busy, Stopwatch.GetTimestamp() - begun);
        });
        profile.Add(kernel.GetType().Name, Stopwatch.GetTimestamp() - started, busy);
    }

    private static void RunSome(IKernel kernel, ScalarType type, int first, int end, VectorWidth width)
    {
        if (type == ScalarType.BFloat16) RunSome<Bfloat16Element>(kernel, first, end, width);
        else RunSome<Float32Element>(kernel, first, end, width);
    }

    private static void RunSome<TElement>(IKernel kernel, int first, int end, VectorWidth width) where TElement : struct, IElement
    {
        switch (width)
        {
            case VectorWidth.Bits512:
                kernel.Run<Vector512<float>, Lanes512, TElement>(first, end);
                break;
            case VectorWidth.Bits256:
                kernel.Run<Vector256<float>, Lanes256, TElement>(first, end);
                break;
            case VectorWidth.Bits128:
                kernel.Run<Vector128<float>, Lanes128, TElement>(first, end);
                break;
            default:
                kernel.Run<float, LanesScalar, TElement>(first, end);
                break;
        }
    }
}
