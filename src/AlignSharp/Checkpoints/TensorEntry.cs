namespace AlignSharp.Checkpoints;

/// <summary>One tensor of a safetensors file, as its header describes it.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Dtype">Element type as the format writes it, for example <c>BF16</c>.</param>
/// <param name="Shape">Dimensions; empty for a scalar. Not to be changed.</param>
/// <param name="Begin">Offset of the first byte, counted from the start of the data (after the header).</param>
/// <param name="End">Offset after the last byte.</param>
public sealed record TensorEntry(string Name, string Dtype, long[] Shape, long Begin, long End)
{
    /// <summary>Bytes of the tensor.</summary>
    public long Bytes => End - Begin;
}
