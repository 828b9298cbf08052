namespace AlignSharp.Recipes;

/// <summary>What a model card says of the method that made the model.</summary>
/// <param name="Method">The method with its source, as it ends the sentence "trained by".</param>
/// <param name="RowsAre">What was trained on, in the plural.</param>
/// <param name="Tags">Tags for hubs.</param>
/// <param name="Settings">Rows of the table of settings.</param>
internal sealed record ModelCardFacts(string Method, string RowsAre, IReadOnlyList<string> Tags, IReadOnlyList<(string Name, string Value)> Settings);
