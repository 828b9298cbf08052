using AlignSharp.Checkpoints;
using AlignSharp.Data.Files;

namespace AlignSharp.Recipes;

/// <summary>What a training run comes from, hashed once, when the first result is saved.</summary>
/// <param name="method"><c>sft</c> or <c>dpo</c>.</param>
/// <param name="options">The run.</param>
/// <param name="policy">The loaded model.</param>
/// <param name="dataFiles">The files that are trained on.</param>
/// <param name="reference">The reference, for people; null where there is none.</param>
internal sealed class RunLineage(string method, TrainingRunOptions options, Policy policy, IReadOnlyList<string> dataFiles, string? reference)
{
    private Lineage? _lineage;

    /// <summary>Writes it beside a result.</summary>
    /// <param name="folder">The result's folder.</param>
    public void Write(string folder) => (_lineage ??= Create()).Write(folder);

    private Lineage Create() => new()
    {
        Method = method,
        BaseModel = LineageModel.Of(policy.BaseFolder),
        Adapter = policy.AdapterFolder is { } adapter ? new LineageModel(adapter, FileHash.Sha256(AdapterFolder.Files(adapter))) : null,
        Reference = reference,
        Data = [.. dataFiles.Select(file => new LineageModel(file, FileHash.Sha256([file])))],
        Configuration = options.GivenSettings,
        Parent = Lineage.TryRead(policy.AdapterFolder ?? policy.BaseFolder),
    };
}
