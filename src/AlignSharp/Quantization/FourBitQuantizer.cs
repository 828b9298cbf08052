using System.Runtime.InteropServices;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Quantization;

/// <summary>
/// Quantises one weight to 4 bits by the rule of bitsandbytes' CUDA kernels (Dettmers et al. 2023, arXiv:2305.14314), a stretch of elements at a time, so that the
/// weight never needs to be in memory whole. Owns what it has made until <see cref="Finish"/> hands it over.
/// </summary>
public sealed unsafe class FourBitQuantizer : IDisposable
{
    /// <summary>Stretches are of a multiple of this, but for the last.</summary>
    public const int StretchMultiple = FourBitEncoding.RunElements;

    // What bitsandbytes writes; its fused kernels read nothing else.
    private const int NestedBlockSize = 256;

    private readonly long _rows;
    private readonly long _columns;
    private readonly ScalarType _source;
    private readonly FourBitOptions _options;
    private readonly Tensor _codes;
    private readonly Tensor _scales;
    private long _done;
    private bool _finished;

    /// <summary>Begins a weight.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="source">Type of the weight, which is recorded: values are those that it has in this type.</param>
    /// <param name="options">How to quantise.</param>
    /// <exception cref="ArgumentException">The block size is not one of bitsandbytes', or the storage type cannot hold the bytes.</exception>
    public FourBitQuantizer(long rows, long columns, ScalarType source, FourBitOptions options)
    {
        if (!FourBitOptions.BlockSizes.Contains(options.BlockSize)) throw new ArgumentException($"a block of {options.BlockSize} elements; expected one of {string.Join(", ", FourBitOptions.BlockSizes)}", nameof(options));
        var bytes = (rows * columns + 1) / 2;
        if (bytes % options.Storage.ElementSize() != 0) throw new ArgumentException($"{bytes} bytes cannot be labelled {options.Storage}; choose uint8", nameof(options));
        (_rows, _columns, _source, _options) = (rows, columns, source, options);
        _codes = Buffers.Empty(ScalarType.Byte, CPU, bytes).DetachFromDisposeScope();
        _scales = Buffers.Empty(ScalarType.Float32, CPU, (rows * columns + options.BlockSize - 1) / options.BlockSize).DetachFromDisposeScope();
    }

    /// <summary>Quantises a whole weight.</summary>
    /// <param name="weight">float32, bfloat16 or float16 <c>[out, in]</c> on any device; stays the caller's.</param>
    /// <param name="options">How.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <returns>On the CPU; the caller owns it.</returns>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public static FourBitWeight Quantize(Tensor weight, FourBitOptions options, string name)
    {
        using var quantizer = new FourBitQuantizer(weight.size(0), weight.size(1), weight.dtype, options);
        using var flat = weight.detach().cpu().reshape(-1);
        quantizer.Append(flat, name);
        return quantizer.Finish();
    }

    /// <summary>Quantises the next stretch.</summary>
    /// <param name="values"><c>[count]</c> on the CPU, in the type of the weight or in one that holds the same values; stays the caller's.</param>
    /// <param name="name">Name of the weight with its file, for the message.</param>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public void Append(Tensor values, string name)
    {
        using var scope = NewDisposeScope();
        var count = values.numel();
        if (_done % StretchMultiple != 0 || _done + count > _rows * _columns) throw new ArgumentException($"{count} values after {_done} of {_rows * _columns}", nameof(values));
        var readable = (CpuKernels.Stores(values.dtype) ? values : values.to(ScalarType.Float32)).contiguous();
        var code = FourBitCode.Of(_options.Type);
        var scales = (float*)TorchNatives.Address(_scales) + _done / _options.BlockSize;
        CpuKernels.Run(
            new FourBitEncoding(count, _options.BlockSize)
            {
                Input = (byte*)TorchNatives.Address(readable),
                Codes = (byte*)TorchNatives.Address(_codes) + _done / 2,
                Scales = scales,
                Thresholds = code.Thresholds,
                CodeOf = code.CodeOf,
                IsSigned = code.IsSigned,
                ZeroCode = code.ZeroCode,
            },
            readable.dtype, FourBitEncoding.Items(count), 8 * FourBitEncoding.RunElements);
        var blocks = (count + _options.BlockSize - 1) / _options.BlockSize;
        for (var i = 0L; i < blocks; i++)
            if (!float.IsFinite(scales[i])) throw new ArtifactException($"{name}: there are NaN or infinite values in elements {_done + i * _options.BlockSize} to {_done + (i + 1) * _options.BlockSize}; the weights are damaged, get them again.");
        _done += count;
    }

    /// <summary>Hands the weight over, with the scales quantised where that was asked for.</summary>
    /// <returns>On the CPU; the caller owns it.</returns>
    public FourBitWeight Finish()
    {
        if (_finished || _done != _rows * _columns) throw new InvalidOperationException($"{_done} of {_rows * _columns} values were given");
        _finished = true;
        var table = tensor(FourBitCode.Of(_options.Type).Values);
        var (scales, nested) = _options.DoubleQuantization ? QuantizeScales() : (_scales, null);
        return new FourBitWeight(new FourBitMatrix(_rows, _columns, _options.BlockSize, _codes, table, scales, nested), _options.Type, _source, _options.Storage);
    }

    /// <summary>Frees a weight that was not finished.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _codes.Dispose();
        _scales.Dispose();
    }

    private (Tensor Codes, NestedScales Nested) QuantizeScales()
    {
        var count = checked((int)_scales.numel());
        var values = new Span<float>((void*)TorchNatives.Address(_scales), count);
        var offset = Mean(values);
        foreach (ref var value in values) value -= offset;
        var codes = Buffers.Empty(ScalarType.Byte, CPU, count);
        var outer = Buffers.Empty(ScalarType.Float32, CPU, BlockwiseCodec.Blocks(count, NestedBlockSize));
        QuantizeInParts((nint)TorchNatives.Address(_scales), TorchNatives.Address(codes), TorchNatives.Address(outer), count);
        _scales.Dispose();
        return (codes, new NestedScales(tensor(DynamicMap.Signed.ToArray()), outer, NestedBlockSize, offset));
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return (float)(sum / values.Length);
    }

    private static void QuantizeInParts(nint values, nint codes, nint outer, int count)
    {
        var blocks = BlockwiseCodec.Blocks(count, NestedBlockSize);
        var parts = Math.Min(blocks, 4 * ThreadTeam.Threads);
        ThreadTeam.Run(parts, part =>
        {
            int first = (int)((long)blocks * part / parts), end = (int)((long)blocks * (part + 1) / parts);
            int start = first * NestedBlockSize, length = Math.Min(count, end * NestedBlockSize) - start;
            BlockwiseCodec.Quantize(new ReadOnlySpan<float>((float*)values + start, length), DynamicMap.Signed, NestedBlockSize, new Span<byte>((byte*)codes + start, length), new Span<float>((float*)outer + first, end - first));
        });
    }
}
