namespace AlignSharp.Recipes;

/// <summary>What <c>align init</c> made.</summary>
/// <param name="OutputDir">The folder.</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="VocabSize">Tokens of the vocabulary.</param>
/// <param name="Dtype">Type of the weights.</param>
public sealed record InitReport(string OutputDir, long Parameters, int VocabSize, string Dtype);
