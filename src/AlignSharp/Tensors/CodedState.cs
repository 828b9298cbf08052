using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>A state of an optimizer in 8-bit codes, in blocks of 256. Borrowed; the owner of the tensors is elsewhere.</summary>
/// <param name="Codes">uint8 <c>[n]</c>.</param>
/// <param name="Magnitudes">float32 <c>[blocks]</c>: the largest magnitude of each block.</param>
/// <param name="Book">What the codes mean.</param>
internal readonly record struct CodedState(Tensor Codes, Tensor Magnitudes, CodeBook Book)
{
    /// <summary>Elements of a block.</summary>
    public const int BlockElements = 256;

    /// <summary>Blocks of a tensor.</summary>
    /// <param name="elements">Its elements.</param>
    public static long Blocks(long elements) => (elements + BlockElements - 1) / BlockElements;

    /// <summary>The values.</summary>
    /// <returns>float32 <c>[n]</c>; owned by the caller's scope.</returns>
    public Tensor Decode()
    {
        var values = Table(Book.Map).index_select(0, Codes.to(ScalarType.Int64));
        return values * PerElement(Magnitudes);
    }

    /// <summary>Replaces the codes and magnitudes by those of new values.</summary>
    /// <param name="values">float32 <c>[n]</c>, finite.</param>
    public void Encode(Tensor values)
    {
        var padding = Magnitudes.numel() * BlockElements - values.numel();
        Magnitudes.copy_(nn.functional.pad(values, [0, padding], PaddingModes.Constant, 0).view(-1, BlockElements).abs().amax([1]));
        var ratio = values / PerElement(Magnitudes);
        // 0/0 of a block of zeros has code 0.
        var code = bucketize(ratio, Table(Book.Steps), right: true).where(ratio.isnan().logical_not(), zeros(1, ScalarType.Int64, ratio.device));
        var first = tensor((long)Book.FirstPositive, device: ratio.device);
        var differ = code.less(first).not_equal(values.signbit());
        var isPositive = values.greater(zeros(1, device: ratio.device));
        var towards = isPositive.to(ScalarType.Int64) - isPositive.logical_not().to(ScalarType.Int64);
        Codes.copy_(code.Plus(towards * differ.to(ScalarType.Int64)).bitwise_and(tensor(255L, device: ratio.device)));
    }

    private Tensor PerElement(Tensor magnitudes) => magnitudes.repeat_interleave(BlockElements).narrow(0, 0, Codes.numel());

    private Tensor Table(ReadOnlySpan<float> values) => tensor(values.ToArray(), device: Codes.device);
}
