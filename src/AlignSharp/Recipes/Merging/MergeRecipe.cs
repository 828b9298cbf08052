using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Quantization;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>
/// Merges LoRA adapters into their base, or into one adapter, and verifies what it wrote: <c>align merge</c>. The weights go through memory
/// tensor by tensor; only the comparison of logits loads a model, one at a time.
/// </summary>
public static class MergeRecipe
{
    /// <summary>Merges. The output folder appears when it is complete and verified, or not at all.</summary>
    /// <param name="options">What to merge.</param>
    /// <param name="note">Receives a line for each fact that the user should know.</param>
    /// <param name="cancellation">Checked between tensors.</param>
    /// <exception cref="AlignSharpException">A fault of configuration or files, or the verification failed.</exception>
    public static MergeReport Run(MergeRunOptions options, Action<string> note, CancellationToken cancellation = default) => Run(options, note, written: null, cancellation);

    /// <summary>Merges, and lets a test look at the folder between writing and verifying.</summary>
    internal static MergeReport Run(MergeRunOptions options, Action<string> note, Action<string>? written, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(note);
        options.Validate();
        var (baseFolder, shares) = AdapterShare.Resolve(options);
        RequireOtherFolder(options.OutputDir, [baseFolder, .. shares.Select(share => share.Folder)]);
        var config = ModelConfigReader.Read(baseFolder);
        using var draft = FolderDraft.Begin(options.OutputDir);
        ComputeThreads.Configure(null);
        var device = ComputePlace.Device(options.Device);
        cancellation.ThrowIfCancellationRequested();
        var notes = BaseIdentity.Check(baseFolder, shares, options.AllowOtherBase, cancellation);

        using var checkpoint = Checkpoint.Open(baseFolder);
        var trained = TrainedBase.Of(options, baseFolder, config, shares, note);
        var asked = options.Dtype is null or DtypeChoice.Auto ? (ScalarType?)null : ComputePlace.Type(options.Dtype.Value, device);
        var tokenizer = shares.Select(share => share.Folder).LastOrDefault(TokenizerFolder.Exists) ?? baseFolder;
        var probe = new LogitProbe(config, tokenizer, asked ?? StoredType(checkpoint), device);
        using var sum = new AdapterSum(shares, options.CombinationOf(), options.Seed);
        if (options.SaveAdapter && sum.IsSingle) throw new ConfigurationException($"save_adapter: '{shares[0].Variant}' makes {shares[0].Folder} more than an update of weights, so that it is no sum; copy the folder, or merge it into its base");
        using var expected = Expected(sum, trained, baseFolder, config, probe, options, draft.Path);
        if (VariantMerge.WithoutPlace(sum.Adapter, expected.Names.ToHashSet(StringComparer.Ordinal)) is { } homeless)
            throw new ConfigurationException($"{shares[0].Folder}: lora_bias gives {homeless} a bias, for which its base has no place (PEFT cannot merge it either); serve the adapter with its base");
        foreach (var line in notes) note(line);

        var merged = options.SaveAdapter || trained.Target == MergeTarget.Quantized ? null : new MergedWeights(new BaseWeights(checkpoint, trained.Loading, probe.Type), sum, asked);
        if (merged is not null) ModelFolder.SaveInTurn(draft.Path, merged.Sources(expected.Names, cancellation), config with { Quantization = null }, probe.Type, baseFolder, options.MaxShardBytes);
        TokenizerCopy.Carry(tokenizer, draft.Path);
        written?.Invoke(draft.Path);

        merged?.RequireIn(draft.Path, expected.Names, cancellation);
        cancellation.ThrowIfCancellationRequested();
        using var found = Found(options.SaveAdapter ? (baseFolder, draft.Path) : (draft.Path, null), probe, options.SaveAdapter ? trained.FourBit : null);
        var difference = LogitProbe.Difference(expected.Merged ?? expected.On, found);
        var report = Report(options, trained, baseFolder, shares, sum.Adapter.Paths.Count, difference, expected, probe) with
        {
            MaxAbsDifferenceFromTrained = trained.IsFourBit ? LogitProbe.Difference(expected.Trained ?? expected.On, found) : null,
        };
        LogitProbe.Require(difference, report.AllowedLogitDifference, options.SaveAdapter ? "the summed adapter" : "the merged model");
        draft.Complete();
        if (report.MaxAbsAdapterEffect > 0 && difference > report.MaxAbsAdapterEffect / 4)
            note(FormattableString.Invariant($"rounding to {report.Dtype} moves the logits by {difference:G3}, where the adapters move them by {report.MaxAbsAdapterEffect:G3}; float32 keeps more of what they learnt"));
        return report;
    }

    private static MergeReport Report(
        MergeRunOptions options, TrainedBase trained, string baseFolder, IReadOnlyList<AdapterShare> shares, int projections, double difference, ExpectedLogits expected, LogitProbe probe)
    {
        var largest = LogitProbe.Largest(expected.On);
        return new MergeReport(
            options.OutputDir, baseFolder, [.. shares.Select(share => new MergedAdapter(share.Folder, share.Weight, share.Config.Options.Rank, share.Config.Options.Scaling))],
            ModelFolder.TypeName(options.SaveAdapter ? ScalarType.Float32 : probe.Type), projections, trained.Target.ToString().ToLowerInvariant(),
            difference, probe.Tolerance * largest, largest, LogitProbe.Difference(expected.On, expected.Off), MaxAbsDifferenceFromTrained: null);
    }

    private static void RequireOtherFolder(string output, IEnumerable<string> inputs)
    {
        if (inputs.FirstOrDefault(input => Full(input) == Full(output)) is { } same)
            throw new ConfigurationException($"output_dir: {output} is the folder of {same}, which is read; name a new folder");
        static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }

    // Matrices decide: some checkpoints keep norms in float32 beside them.
    private static ScalarType StoredType(Checkpoint weights)
    {
        const string matrix = "model.embed_tokens.weight";
        var type = weights.TypeOf(matrix);
        return type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16 ? type
            : throw new ConfigurationException($"{weights.PathOf(matrix)}: the weights are {type}; give dtype (float32, bfloat16 or float16)");
    }

    private static ExpectedLogits Expected(
        AdapterSum sum, TrainedBase trained, string baseFolder, ModelConfig config, LogitProbe probe, MergeRunOptions options, string draft)
    {
        // Saved adapters are compared over what they were trained over, whatever that is.
        var loading = options.SaveAdapter ? trained.FourBit : trained.Loading;
        var overTrained = ReferenceEquals(loading, trained.FourBit) ? null : TrainedLogits(sum, trained, baseFolder, config, probe);
        using var policy = sum.Load(baseFolder, config, probe.Type, probe.Device, loading);
        var on = probe.Logits(policy.Model);
        if (options.SaveAdapter)
        {
            AdapterFolder.Save(draft, sum.Adapter, baseFolder, origin: null);
            new Lineage { BaseModel = LineageModel.Of(baseFolder) }.Write(draft);
        }
        using var off = sum.Adapter.Switch(AdapterUse.Off);
        var alone = probe.Logits(policy.Model);
        var names = ModelFolder.WeightNames(policy.Model);
        Tensor? merged = null;
        if (!options.SaveAdapter && trained.Target == MergeTarget.Quantized)
        {
            sum.Adapter.Merge();
            merged = probe.Logits(policy.Model);
            ModelFolder.Save(draft, policy.Model, config, baseFolder, options.MaxShardBytes);
        }
        return new ExpectedLogits(on, alone, names) { Trained = overTrained, Merged = merged };
    }

    private static Tensor TrainedLogits(AdapterSum sum, TrainedBase trained, string baseFolder, ModelConfig config, LogitProbe probe)
    {
        using var over = new AdapterSum(sum);
        using var policy = over.Load(baseFolder, config, probe.Type, probe.Device, trained.FourBit);
        return probe.Logits(policy.Model);
    }

    private static Tensor Found((string Model, string? Adapter) folders, LogitProbe probe, FourBitOptions? fourBit)
    {
        using var written = PolicyLoader.Load(folders.Model, folders.Adapter, probe.Type, probe.Device, fourBit: fourBit);
        return probe.Logits(written.Model);
    }
}
