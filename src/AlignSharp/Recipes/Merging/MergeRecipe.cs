using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>
/// Merges LoRA adapters into their base, or into one adapter, and verifies what it wrote: <c>align merge</c>. The weights go through memory
/// tensor by tensor; only the verification loads a model, one at a time.
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

        using var weights = Checkpoint.Open(baseFolder);
        var asked = options.Dtype is null or DtypeChoice.Auto ? (ScalarType?)null : ComputePlace.Type(options.Dtype.Value, device);
        var type = asked ?? StoredType(weights);
        var tokenizer = shares.Select(share => share.Folder).LastOrDefault(TokenizerFolder.Exists) ?? baseFolder;
        var probe = MergeVerification.Probe(config.Shape.VocabularySize, config.Shape.MaxPositions, tokenizer);
        using var sum = new AdapterSum(shares);
        using var expected = Expected(sum, baseFolder, config, type, device, probe, options.SaveAdapter ? draft.Path : null);
        foreach (var line in notes) note(line);

        if (!options.SaveAdapter) ModelFolder.SaveInTurn(draft.Path, sum.Merged(weights, expected.Names, asked, cancellation), config, type, baseFolder, options.MaxShardBytes);
        TokenizerCopy.Carry(tokenizer, draft.Path);
        written?.Invoke(draft.Path);
        cancellation.ThrowIfCancellationRequested();

        var largest = MergeVerification.Largest(expected.On);
        var report = new MergeReport(options.OutputDir, baseFolder, [.. shares.Select(s => new MergedAdapter(s.Folder, s.Weight, s.Config.Options.Rank, s.Config.Options.Scaling))],
            ModelFolder.TypeName(options.SaveAdapter ? ScalarType.Float32 : type), sum.Adapter.Paths.Count,
            Difference(expected.On, options.SaveAdapter ? (baseFolder, draft.Path) : (draft.Path, null), type, device, probe),
            MergeVerification.Tolerance(type) * largest, largest, MergeVerification.Difference(expected.On, expected.Off));
        MergeVerification.Require(report.MaxAbsLogitDifference, report.AllowedLogitDifference, options.SaveAdapter ? "the summed adapter" : "the merged model");
        draft.Complete();
        if (report.MaxAbsAdapterEffect > 0 && report.MaxAbsLogitDifference > report.MaxAbsAdapterEffect / 4)
            note(FormattableString.Invariant($"rounding to {report.Dtype} moves the logits by {report.MaxAbsLogitDifference:G3}, where the adapters move them by {report.MaxAbsAdapterEffect:G3}; float32 keeps more of what they learnt"));
        return report;
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

    private static ExpectedLogits Expected(AdapterSum sum, string baseFolder, ModelConfig config, ScalarType type, Device device, IReadOnlyList<int[]> probe, string? saveAdapterTo)
    {
        using var policy = sum.Load(baseFolder, config, type, device);
        var on = MergeVerification.Logits(policy.Model, probe);
        if (saveAdapterTo is not null)
        {
            AdapterFolder.Save(saveAdapterTo, sum.Adapter, baseFolder, origin: null);
            new Lineage { BaseModel = LineageModel.Of(baseFolder) }.Write(saveAdapterTo);
        }
        using var off = sum.Adapter.Switch(AdapterUse.Off);
        return new ExpectedLogits(on, MergeVerification.Logits(policy.Model, probe), [.. ModelFolder.BaseParameters(policy.Model).Select(p => p.Key)]);
    }

    private static double Difference(Tensor expected, (string Model, string? Adapter) folders, ScalarType type, Device device, IReadOnlyList<int[]> probe)
    {
        using var written = PolicyLoader.Load(folders.Model, folders.Adapter, type, device);
        using var logits = MergeVerification.Logits(written.Model, probe);
        return MergeVerification.Difference(expected, logits);
    }
}
