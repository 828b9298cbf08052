namespace AlignSharp.Benchmarks.Generate;

/// <summary>Figures of generating a batch of completions.</summary>
/// <param name="Batch">Completions side by side.</param>
/// <param name="PrefillTokensPerSecond">Prompt tokens a second, until each completion has its first token.</param>
/// <param name="PrefillGemmShare">Share of that time which the needed matrix products would take at libtorch's best rate.</param>
/// <param name="DecodeTokensPerSecond">Further tokens a second, of all completions together.</param>
/// <param name="DecodeGbPerSecond">Bytes of weights that each step must read, over its time.</param>
/// <param name="DecodeBandwidthShare">That over the measured bandwidth of memory.</param>
internal sealed record GenerationResult(
    int Batch, double PrefillTokensPerSecond, double PrefillGemmShare, double DecodeTokensPerSecond, double DecodeGbPerSecond, double DecodeBandwidthShare);
