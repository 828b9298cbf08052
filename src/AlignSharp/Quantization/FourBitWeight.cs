using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Quantization;

/// <summary>A 4-bit weight with what bitsandbytes' files record of it. Owns its matrix.</summary>
/// <param name="matrix">The codes and scales; taken over.</param>
/// <param name="type">The code that its table is of.</param>
/// <param name="recordedType">Type of the weight when it was quantised, into which bitsandbytes decodes it on its own.</param>
/// <param name="storage">Type as which the packed bytes are labelled in files.</param>
public sealed class FourBitWeight(FourBitMatrix matrix, FourBitType type, ScalarType recordedType, ScalarType storage = ScalarType.Byte) : IDisposable
{
    /// <summary>The codes and scales, <c>[out, in]</c>; stays this object's.</summary>
    public FourBitMatrix Matrix => matrix;

    /// <summary>The code.</summary>
    public FourBitType Type => type;

    /// <summary>Type of the weight when it was quantised.</summary>
    public ScalarType RecordedType => recordedType;

    /// <summary>Type as which the packed bytes are labelled in files.</summary>
    public ScalarType Storage => storage;

    /// <summary>How it was made, as far as it decides what is made of another weight in the same way.</summary>
    public FourBitOptions Options => new() { Type = type, BlockSize = matrix.BlockSize, DoubleQuantization = matrix.Nested is not null, Storage = storage };

    /// <summary>Moves it.</summary>
    /// <param name="device">Where to.</param>
    /// <returns>This object where it is there already; else another one, and this one is freed.</returns>
    public FourBitWeight To(Device device)
    {
        if (matrix.Device.type == device.type && matrix.Device.index == device.index) return this;
        Tensor Moved(Tensor part) => part.to(device);
        var nested = matrix.Nested is { } scales ? scales with { Map = Moved(scales.Map), Outer = Moved(scales.Outer) } : null;
        var moved = new FourBitMatrix(matrix.Rows, matrix.Columns, matrix.BlockSize, Moved(matrix.Codes), Moved(matrix.Table), Moved(matrix.Scales), nested);
        Dispose();
        return new FourBitWeight(moved, type, recordedType, storage);
    }

    /// <inheritdoc/>
    public void Dispose() => matrix.Dispose();
}
