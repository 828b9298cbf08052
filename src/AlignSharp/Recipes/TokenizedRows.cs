using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Recipes;

/// <summary>Token ids of a run's data sets: from the user's cache where it has them, else made and kept there.</summary>
/// <param name="options">The run.</param>
/// <param name="model">The tokenizer's folder.</param>
/// <param name="host">Takes notes, and names the cache.</param>
internal sealed class TokenizedRows(TrainingRunOptions options, ModelSource model, RunHost host)
{
    /// <summary>Whole pairs.</summary>
    /// <param name="dataset">The rows.</param>
    /// <param name="maxRows">Most rows, or null.</param>
    /// <param name="template">Text of the chat template, or null.</param>
    /// <param name="make">Makes them; its notes are told again when they come from the cache.</param>
    /// <param name="cancellation">Checked between files.</param>
    public IReadOnlyList<WholePair> Pairs(Dataset dataset, int? maxRows, string? template, Func<Action<string>, IReadOnlyList<WholePair>> make, CancellationToken cancellation) =>
        options.Data.TokenCache ? Cache.Pairs(Digest("pairs", dataset, maxRows, template, [], cancellation), make) : make(host.Note);

    /// <summary>Whole sequences.</summary>
    /// <inheritdoc cref="Pairs"/>
    /// <param name="dataset">The rows.</param>
    /// <param name="maxRows">Most rows, or null.</param>
    /// <param name="template">Text of the chat template, or null.</param>
    /// <param name="reading">What else decides the ids, a line each.</param>
    /// <param name="make">Makes them; its notes are told again when they come from the cache.</param>
    /// <param name="cancellation">Checked between files.</param>
    public IReadOnlyList<TokenizedSequence> Sequences(Dataset dataset, int? maxRows, string? template, IReadOnlyList<string> reading, Func<Action<string>, IReadOnlyList<TokenizedSequence>> make, CancellationToken cancellation) =>
        options.Data.TokenCache ? Cache.Sequences(Digest("sequences", dataset, maxRows, template, reading, cancellation), make) : make(host.Note);

    private TokenCache Cache => new(Path.Combine(host.CacheFolder, "tokens"), host.Note);

    private string Digest(string kind, Dataset dataset, int? maxRows, string? template, IReadOnlyList<string> reading, CancellationToken cancellation) =>
        new TokenCacheKey(kind, dataset.Files, TokenizerFolder.Files(model.TokenizerFolder), template, [.. RunDatasets.Reading(options, maxRows), .. reading]).Digest(cancellation);
}
