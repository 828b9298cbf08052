using AlignSharp.Checkpoints;
using AlignSharp.Data.Files;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Evaluation;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>
/// Gives each data set of a run its source of reference log-probabilities: each row's are computed once and kept, for the reference is
/// frozen. With <c>precompute_ref_log_probs</c> all are there before the first step, from the user's cache where it has them.
/// </summary>
internal sealed class ReferenceMemory(References references, Policy policy, DpoRunOptions options, RunHost host)
{
    private ReferenceLogpsKey? _key;

    /// <summary>The source for one data set.</summary>
    /// <param name="pairs">The data set.</param>
    /// <param name="batchSize">Pairs a batch, for computing ahead.</param>
    /// <param name="cancellation">Ends computing ahead between batches.</param>
    public IReferenceSource For(IReadOnlyList<TokenizedPair> pairs, int batchSize, CancellationToken cancellation)
    {
        if (references.Source is NoReference) return references.Source;
        var remembered = new RememberedReference(references.Source, pairs.Count);
        if (options.PrecomputeRefLogProbs) remembered.Remember(Precompute(pairs, batchSize, cancellation));
        return remembered;
    }

    private ReferenceLogps Precompute(IReadOnlyList<TokenizedPair> pairs, int batchSize, CancellationToken cancellation)
    {
        var maxTokens = options.MaxTokensPerBatch ?? int.MaxValue;
        var pass = new ReferencePass(policy.Model, references.Source, pairs, batchSize, maxTokens);
        if (!options.RefLogpsCache)
        {
            host.Note("computing the reference's log-probabilities");
            return pass.All(cancellation);
        }
        _key ??= Key(cancellation);
        var key = _key with { Pairs = ReferenceLogpsKey.HashOf(pairs), BatchPairs = Math.Min(batchSize, pairs.Count), BatchTokens = maxTokens };
        return new ReferenceCache(Path.Combine(host.CacheFolder, "reference-logps"), host.Note).Logps(key, pass, cancellation);
    }

    // Without a data set: what all sets of a run have in common. Hashing a large model takes seconds, so it is done once.
    private ReferenceLogpsKey Key(CancellationToken cancellation)
    {
        string Hash(IReadOnlyList<string> files) => files.Count == 0 ? ReferenceLogpsKey.None : FileHash.Sha256(files, cancellation);
        var model = policy.Model;
        return new ReferenceLogpsKey
        {
            Model = Hash(ModelFolder.Files(references.ModelFolder)),
            Adapter = Hash(references.AdapterFolder is { } adapter ? AdapterFolder.Files(adapter) : []),
            Tokenizer = Hash(TokenizerFolder.Files(policy.TokenizerFolder)),
            Pairs = ReferenceLogpsKey.None,
            BatchPairs = 0,
            BatchTokens = 0,
            LdAlpha = options.LdAlpha ?? 1,
            Dtype = ModelFolder.TypeName(model.ComputeType) + (policy.FourBit is { } fourBit ? $", 4 bits: {fourBit.Type}, {(fourBit.DoubleQuantization ? "nested" : "plain")}, {fourBit.ComputeType?.ToString() ?? "same"}, all but {(fourBit.SkipModules is null ? "head" : string.Join(' ', fourBit.SkipModules))}" : ""),
            Device = $"{model.Device.type.ToString().ToLowerInvariant()}, {ProcessorFeatures.OfThisMachine.VectorBits}-bit vectors, libtorch {LibTorch.Load().LibTorchVersion}",
            Threads = get_num_threads(),
        };
    }
}
