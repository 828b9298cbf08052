namespace AlignSharp.Diagnostics;

/// <summary>Measured speed of a square matrix product on the CPU.</summary>
/// <param name="Dtype">"float32", "bfloat16" or "float16".</param>
/// <param name="Gflops">Billions of floating-point operations a second, the best of several runs.</param>
public sealed record GemmSpeed(string Dtype, double Gflops);
