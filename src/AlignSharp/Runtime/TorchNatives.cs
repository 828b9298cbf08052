using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Runtime;

/// <summary>
/// The few C functions of libtorch and of TorchSharp's library that TorchSharp does not wrap: products into memory that is there
/// already, addresses of elements, and tensors over memory of <see cref="SlabMemory"/>. None records a gradient.
/// </summary>
internal static unsafe class TorchNatives
{
    private static readonly delegate* unmanaged<nint, nint*, int> DataPointer = (delegate* unmanaged<nint, nint*, int>)TorchSharpImports.Export("aoti_torch_get_data_ptr");
    private static readonly delegate* unmanaged<nint, long**, int> SizesOf = (delegate* unmanaged<nint, long**, int>)TorchSharpImports.Export("aoti_torch_get_sizes");
    private static readonly delegate* unmanaged<nint, long**, int> StridesOf = (delegate* unmanaged<nint, long**, int>)TorchSharpImports.Export("aoti_torch_get_strides");
    private static readonly delegate* unmanaged<nint, nint, nint, int> MmOut = (delegate* unmanaged<nint, nint, nint, int>)TorchSharpImports.Export("aoti_torch_cpu_mm_out");
    private static readonly delegate* unmanaged<nint, nint, nint, nint, double, double, int> AddMmOut =
        (delegate* unmanaged<nint, nint, nint, nint, double, double, int>)TorchSharpImports.Export("aoti_torch_cpu_addmm_out");

    // oneDNN's microkernel behind libtorch's own attention: a C++ function of numbers and pointers, under the name that GCC and Clang give it.
    private static readonly delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void> Bfloat16Block =
        (delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void>)TorchSharpImports.Export("_ZN2at6native7cpublas6brgemmEllllllbPKN3c108BFloat16ES5_Pfb");

    private static readonly delegate* unmanaged<byte, void> ReleaseBlocks = (delegate* unmanaged<byte, void>)TorchSharpImports.Export("_ZN2at6native7cpublas14brgemm_releaseEb");

    private static readonly delegate* unmanaged<nint, delegate* unmanaged<nint, void>, long*, int, sbyte, sbyte, int, int, byte, nint> TensorOver =
        (delegate* unmanaged<nint, delegate* unmanaged<nint, void>, long*, int, sbyte, sbyte, int, int, byte, nint>)TorchSharpImports.Export("THSTensor_new");

    /// <summary>Whether this libtorch has all of them; without, operators run on libtorch's own.</summary>
    public static bool AreThere { get; } = DataPointer is not null && SizesOf is not null && StridesOf is not null && MmOut is not null && AddMmOut is not null && TensorOver is not null;

    /// <summary>
    /// Whether libtorch has a microkernel for blocks of bfloat16 and the processor multiplies them; asked of a processor that does not, it
    /// would end the process.
    /// </summary>
    public static bool MultiplyBfloat16Blocks { get; } =
        Bfloat16Block is not null && ReleaseBlocks is not null && ProcessorFeatures.OfThisMachine is { HasAvx512Bf16: true } or { HasAmxBf16: true };

    /// <summary><c>c (+)= a · b</c> on the calling thread.</summary>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="terms">Columns of a and rows of b; even.</param>
    /// <param name="a"><c>[rows, terms]</c>.</param>
    /// <param name="aStride">Elements from a row of a to the next.</param>
    /// <param name="b"><c>[terms / 2, columns, 2]</c>: two terms of a column side by side.</param>
    /// <param name="c">float32 <c>[rows, columns]</c>.</param>
    /// <param name="cStride">Elements from a row of c to the next.</param>
    /// <param name="add">Whether c holds a sum to go on with.</param>
    public static void MultiplyBlock(long rows, long columns, long terms, ushort* a, long aStride, ushort* b, float* c, long cStride, bool add) =>
        Bfloat16Block(rows, columns, terms, aStride, columns, cStride, add ? (byte)1 : (byte)0, a, b, c, 1);

    /// <summary>Gives the thread's matrix registers back, where the processor has some (AMX); once after some blocks.</summary>
    public static void ReleaseBlockRegisters() => ReleaseBlocks(1);

    /// <summary>Address of a CPU tensor's first element; valid while the tensor lives.</summary>
    /// <param name="tensor">A tensor on the CPU.</param>
    public static nint Address(Tensor tensor)
    {
        nint address;
        Check(DataPointer(tensor.Handle, &address));
        return address;
    }

    /// <summary>A tensor's shape, without the arrays and callbacks of TorchSharp's property; valid while the tensor lives.</summary>
    /// <param name="tensor">A tensor.</param>
    public static ReadOnlySpan<long> Shape(Tensor tensor)
    {
        if (!AreThere) return tensor.shape;
        long* sizes;
        Check(SizesOf(tensor.Handle, &sizes));
        return new ReadOnlySpan<long>(sizes, (int)tensor.dim());
    }

    /// <summary>A tensor's strides in elements; valid while the tensor lives and keeps its shape.</summary>
    /// <param name="tensor">A tensor.</param>
    public static ReadOnlySpan<long> Strides(Tensor tensor)
    {
        if (!AreThere) return tensor.stride();
        long* strides;
        Check(StridesOf(tensor.Handle, &strides));
        return new ReadOnlySpan<long>(strides, (int)tensor.dim());
    }

    /// <summary>A tensor over a fresh block of <see cref="SlabMemory.Shared"/>, which goes back when the last reference to the storage dies.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">Size of all elements, above 0.</param>
    /// <returns>Uninitialised; owned by the caller's scope.</returns>
    public static Tensor Rent(ReadOnlySpan<long> shape, ScalarType type, long bytes)
    {
        var block = SlabMemory.Shared.Rent(bytes);
        try
        {
            return Over(block, shape, type, &GiveBack);
        }
        catch
        {
            SlabMemory.Shared.Return(block);
            throw;
        }
    }

    /// <summary>A tensor over memory that is there already.</summary>
    /// <param name="address">Its first element.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its type.</param>
    /// <param name="release">Called with the address when the last reference to the storage dies, on whatever thread that is.</param>
    /// <returns>Owned by the caller's scope.</returns>
    public static Tensor Over(nint address, ReadOnlySpan<long> shape, ScalarType type, delegate* unmanaged<nint, void> release)
    {
        nint handle;
        fixed (long* sizes = shape) handle = TensorOver(address, release, sizes, shape.Length, (sbyte)type, (sbyte)type, (int)DeviceType.CPU, -1, 0);
        if (handle != 0) return Tensor.UnsafeCreateTensor(handle);
        CheckForErrors();
        throw new InvalidOperationException("libtorch made no tensor");
    }

    /// <summary>A tensor over memory that outlives it.</summary>
    /// <param name="address">The first element.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its type.</param>
    /// <returns>On the CPU; owned by the caller's scope, its memory by the caller.</returns>
    public static Tensor Over(nint address, ReadOnlySpan<long> shape, ScalarType type) => Over(address, shape, type, &Keep);

    /// <summary><c>output = left · right</c>, on the CPU; all of one type, any strides of the factors.</summary>
    /// <param name="output"><c>[m, n]</c>, contiguous.</param>
    /// <param name="left"><c>[m, k]</c>.</param>
    /// <param name="right"><c>[k, n]</c>.</param>
    public static void Multiply(Tensor output, Tensor left, Tensor right) => Check(MmOut(output.Handle, left.Handle, right.Handle));

    /// <summary><c>output += scale · left · right</c>, on the CPU; all of one type, any strides of the factors.</summary>
    /// <param name="output"><c>[m, n]</c>, contiguous.</param>
    /// <param name="left"><c>[m, k]</c>.</param>
    /// <param name="right"><c>[k, n]</c>.</param>
    /// <param name="scale">Factor on the product.</param>
    public static void AddProduct(Tensor output, Tensor left, Tensor right, double scale) =>
        Check(AddMmOut(output.Handle, output.Handle, left.Handle, right.Handle, 1, scale));

    [UnmanagedCallersOnly]
    private static void GiveBack(nint block) => SlabMemory.Shared.Return(block);

    [UnmanagedCallersOnly]
    private static void Keep(nint address)
    {
    }

    private static void Check(int error)
    {
        if (error != 0) throw new InvalidOperationException("libtorch refused an operation; it has written the reason to standard error");
    }
}
