namespace AlignSharp.Data.Checks;

/// <summary>How well length alone tells the better completion.</summary>
/// <param name="Pairs">Pairs that were compared.</param>
/// <param name="Share">Share of pairs whose chosen completion is the longer one, equal lengths counted half; 0.5 is no bias.</param>
/// <param name="Lower">Lower end of the share's 95 % interval (Wilson, over distinct prompts).</param>
/// <param name="Upper">Upper end.</param>
/// <param name="MeanChosen">Mean length of chosen completions.</param>
/// <param name="MeanRejected">Mean length of rejected completions.</param>
public sealed record LengthBias(int Pairs, double Share, double Lower, double Upper, double MeanChosen, double MeanRejected)
{
    /// <summary>The matched-pairs effect size: longer minus shorter pairs over all, -1 to 1; 0 is no bias.</summary>
    public double EffectSize => 2 * Share - 1;
}
