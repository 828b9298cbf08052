using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using AlignSharp.Evaluation;

namespace AlignSharp.Recipes;

/// <summary>What a model is evaluated against. Owns a second model if there is one.</summary>
internal sealed class EvalReference : IDisposable
{
    private readonly Policy? _second;

    private EvalReference(string description, IReferenceSource source, Policy? second = null) => (Description, Source, _second) = (description, source, second);

    /// <summary>Which reference it is, for people.</summary>
    public string Description { get; }

    /// <summary>What answers for it.</summary>
    public IReferenceSource Source { get; }

    /// <summary>Ids that the reference knows, or null where it is the policy's own model or none.</summary>
    public int? VocabularySize => _second?.Model.VocabularySize;

    /// <summary>Refuses folders that are not there, before anything is loaded.</summary>
    /// <param name="options">The evaluation.</param>
    /// <exception cref="ConfigurationException">A folder does not exist.</exception>
    public static void RequireFolders(EvalRunOptions options)
    {
        if (options.Reference is { } reference and not ("base" or "none") && !Directory.Exists(reference))
            throw new ConfigurationException($"reference: there is no folder '{reference}'; expected base, none, or a local model or adapter folder");
        if (options.ReferenceAdapter is { } adapter && !Directory.Exists(adapter))
            throw new ConfigurationException($"reference_adapter: there is no folder '{adapter}'; name a local adapter folder");
    }

    /// <summary>Chooses and loads.</summary>
    /// <param name="options">The evaluation.</param>
    /// <param name="policy">The model that is evaluated.</param>
    /// <exception cref="AlignSharpException">The reference cannot be loaded, or the base was asked for and there is no adapter.</exception>
    public static EvalReference Choose(EvalRunOptions options, Policy policy) => (options.Reference, options.ReferenceAdapter) switch
    {
        ("none", _) => new("none", new NoReference()),
        (null or "base", { } adapter) => Load(policy.BaseFolder, adapter, policy),
        (null, null) when policy.Adapter is null => new("none", new NoReference()),
        ("base", null) when policy.Adapter is null =>
            throw new ConfigurationException($"reference: {policy.BaseFolder} has no adapter, so it would be compared with itself; give adapter, a folder as reference, or none"),
        (null or "base", null) => new($"the base {policy.BaseFolder} (adapter off)", new AdapterReference(policy.Model, policy.Adapter!, AdapterUse.Off)),
        ({ } folder, var adapter) => Load(folder, adapter, policy),
    };

    public void Dispose() => _second?.Dispose();

    private static EvalReference Load(string folder, string? adapter, Policy policy)
    {
        var second = PolicyLoader.Load(folder, adapter, policy.Model.ComputeType, policy.Model.Device, fourBit: policy.FourBit);
        return new EvalReference(adapter is null ? folder : $"{folder} with the adapter {adapter}", new ModelReference(second.Model), second);
    }
}
