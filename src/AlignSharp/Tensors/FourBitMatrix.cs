using System.Numerics;
using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// A matrix in 4 bits an element, as bitsandbytes stores it: <c>w = table[code] · scale[index / blockSize]</c> with the index in row-major order, two codes a byte,
/// the earlier one in the high nibble. Owns its tensors; all are on one device.
/// </summary>
public sealed class FourBitMatrix : IDisposable
{
    /// <summary>Entries of the table.</summary>
    public const int TableSize = 16;

    /// <summary>Takes the parts over.</summary>
    /// <param name="rows">Rows (outputs).</param>
    /// <param name="columns">Columns (inputs).</param>
    /// <param name="blockSize">Elements that share a scale; a power of two.</param>
    /// <param name="codes">uint8 <c>[ceil(rows · columns / 2)]</c>, contiguous.</param>
    /// <param name="table">float32 <c>[16]</c>.</param>
    /// <param name="scales">float32 <c>[ceil(rows · columns / blockSize)]</c>, or uint8 with <paramref name="nested"/>.</param>
    /// <param name="nested">How the scales are decoded, or null.</param>
    /// <exception cref="ArgumentException">A part does not fit the others.</exception>
    public FourBitMatrix(long rows, long columns, int blockSize, Tensor codes, Tensor table, Tensor scales, NestedScales? nested)
    {
        var elements = rows * columns;
        var blocks = (elements + blockSize - 1) / Math.Max(1, blockSize);
        Require(blockSize > 0 && BitOperations.IsPow2(blockSize), "blockSize", $"is {blockSize}", "a power of two");
        Require(codes, nameof(codes), ScalarType.Byte, (elements + 1) / 2);
        Require(table, nameof(table), ScalarType.Float32, TableSize);
        Require(scales, nameof(scales), nested is null ? ScalarType.Float32 : ScalarType.Byte, blocks);
        if (nested is not null)
        {
            Require(nested.BlockSize > 0 && BitOperations.IsPow2(nested.BlockSize), "nested block size", $"is {nested.BlockSize}", "a power of two");
            Require(nested.Map, "nested map", ScalarType.Float32, 256);
            Require(nested.Outer, "nested scales", ScalarType.Float32, (blocks + nested.BlockSize - 1) / nested.BlockSize);
        }
        (Rows, Columns, BlockSize, Nested) = (rows, columns, blockSize, nested);
        (Codes, Table, Scales) = (codes, table, scales);
        foreach (var tensor in Tensors) tensor.DetachFromDisposeScope();
    }

    /// <summary>Rows: width of the output.</summary>
    public long Rows { get; }

    /// <summary>Columns: width of the input.</summary>
    public long Columns { get; }

    /// <summary>Elements that share a scale.</summary>
    public int BlockSize { get; }

    /// <summary>uint8 <c>[ceil(rows · columns / 2)]</c>; stays this object's.</summary>
    public Tensor Codes { get; }

    /// <summary>float32 <c>[16]</c>; stays this object's.</summary>
    public Tensor Table { get; }

    /// <summary>float32 or, with <see cref="Nested"/>, uint8, one a block; stays this object's.</summary>
    public Tensor Scales { get; }

    /// <summary>How the scales are decoded where they are codes; null where they are numbers.</summary>
    public NestedScales? Nested { get; }

    /// <summary>Where it is.</summary>
    public Device Device => Codes.device;

    /// <summary>Bytes of all parts.</summary>
    public long Bytes => Tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    /// <summary>The decoded matrix: products in float32, rounded once into the type.</summary>
    /// <param name="type">A floating type.</param>
    /// <returns><c>[rows, columns]</c>, owned by the caller's scope.</returns>
    public Tensor Expand(ScalarType type)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (CpuKernels.Stores(type) && Device.type == DeviceType.CPU && TorchNatives.AreThere) return ExpandOnCpu(type).MoveToOuterDisposeScope();
        var elements = Rows * Columns;
        var pairs = Codes.to(ScalarType.Int64);
        var indices = stack([pairs.bitwise_right_shift(tensor(4L, device: Device)), pairs.bitwise_and(tensor(15L, device: Device))], 1).view(-1).narrow(0, 0, elements);
        var scales = DecodedScales().repeat_interleave(BlockSize).narrow(0, 0, elements);
        return Table.index_select(0, indices).mul(scales).to(type).view(Rows, Columns).MoveToOuterDisposeScope();
    }

    /// <summary>The scales as numbers, float32 <c>[blocks]</c>, owned by the caller's scope.</summary>
    public Tensor DecodedScales()
    {
        if (Nested is null) return Scales.alias();
        using var scope = NewDisposeScope();
        var outer = Nested.Outer.repeat_interleave(Nested.BlockSize).narrow(0, 0, Scales.numel());
        return Nested.Map.index_select(0, Scales.to(ScalarType.Int64)).mul(outer).Plus(Nested.Offset).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    /// <summary>The memory of a matrix on the CPU; valid while this object lives.</summary>
    internal unsafe FourBitView View() => new()
    {
        Codes = (byte*)TorchNatives.Address(Codes),
        Table = (float*)TorchNatives.Address(Table),
        Rows = Rows,
        Columns = Columns,
        BlockShift = BitOperations.Log2((uint)BlockSize),
        Scales = Nested is null ? (float*)TorchNatives.Address(Scales) : null,
        ScaleCodes = Nested is null ? null : (byte*)TorchNatives.Address(Scales),
        ScaleMap = Nested is null ? null : (float*)TorchNatives.Address(Nested.Map),
        OuterScales = Nested is null ? null : (float*)TorchNatives.Address(Nested.Outer),
        OuterShift = Nested is null ? 0 : BitOperations.Log2((uint)Nested.BlockSize),
        Offset = Nested?.Offset ?? 0,
    };

    private IEnumerable<Tensor> Tensors => Nested is null ? [Codes, Table, Scales] : [Codes, Table, Scales, Nested.Map, Nested.Outer];

    private unsafe Tensor ExpandOnCpu(ScalarType type)
    {
        var output = Buffers.Empty(type, CPU, Rows, Columns);
        CpuKernels.Run(new FourBitExpansion(View()) { Output = (byte*)TorchNatives.Address(output) }, type, FourBitExpansion.Items(Rows * Columns), FourBitExpansion.RunElements);
        return output;
    }

    private static void Require(Tensor part, string name, ScalarType type, long elements) => Require(
        part.dtype == type && part.numel() == elements && part.is_contiguous(), name, $"is {ShapeCheck.Describe(part)}", $"{elements} contiguous values of {type}");

    private static void Require(bool holds, string name, string found, string expected)
    {
        if (!holds) throw new ArgumentException($"{name} {found}; expected {expected}", name);
    }
}
