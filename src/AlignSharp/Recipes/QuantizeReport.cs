namespace AlignSharp.Recipes;

/// <summary>What <c>align quantize</c> wrote.</summary>
/// <param name="OutputDir">The folder.</param>
/// <param name="Projections">Number of weights that are in 4 bits.</param>
/// <param name="QuantType">The code, <c>nf4</c> or <c>fp4</c>.</param>
/// <param name="DoubleQuant">Whether the scales are codes too.</param>
/// <param name="BitsPerWeight">Bits that an element of these weights takes, scales included.</param>
/// <param name="BytesBefore">Bytes of the weights' files that were read.</param>
/// <param name="BytesAfter">Bytes of the weights' files that were written.</param>
public sealed record QuantizeReport(string OutputDir, int Projections, string QuantType, bool DoubleQuant, double BitsPerWeight, long BytesBefore, long BytesAfter);
