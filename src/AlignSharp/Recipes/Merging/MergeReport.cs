namespace AlignSharp.Recipes.Merging;

/// <summary>What <c>align merge</c> wrote, and how near it is to the base with its adapters on.</summary>
/// <param name="OutputDir">The folder.</param>
/// <param name="BaseModel">Folder of the base.</param>
/// <param name="Adapters">The adapters in the order in which they were added.</param>
/// <param name="Dtype">Type of the written weights: of the projections, where tensors differ.</param>
/// <param name="Projections">Number of projections that an adapter changed.</param>
/// <param name="Into">What the adapters were merged into: <c>original</c> (the base as it is), <c>dequantized</c> or <c>quantized</c>.</param>
/// <param name="MaxAbsLogitDifference">Largest difference between a logit of the written folder and of the base that was merged into with its adapters on, over the probe; merged back into 4 bits, of the merged model in memory.</param>
/// <param name="AllowedLogitDifference">What it may be at most.</param>
/// <param name="MaxAbsLogit">Largest logit of the base with its adapters on.</param>
/// <param name="MaxAbsAdapterEffect">Largest difference that the adapters make to a logit of the base.</param>
/// <param name="MaxAbsDifferenceFromTrained">Largest difference between a logit of the written folder and of the 4-bit base with its adapters on, which is what was trained; null where no 4-bit base was.</param>
public sealed record MergeReport(
    string OutputDir, string BaseModel, IReadOnlyList<MergedAdapter> Adapters, string Dtype, int Projections, string Into,
    double MaxAbsLogitDifference, double AllowedLogitDifference, double MaxAbsLogit, double MaxAbsAdapterEffect, double? MaxAbsDifferenceFromTrained);
