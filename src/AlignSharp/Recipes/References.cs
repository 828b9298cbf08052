using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using AlignSharp.Evaluation;

namespace AlignSharp.Recipes;

/// <summary>Decides which reference a run has, by contract: <c>reference: auto | base | adapter | model | none</c>. Owns a second model if there is one.</summary>
internal sealed class References : IDisposable
{
    private readonly Policy? _second;

    private References(string description, IReferenceSource source, string modelFolder, string? adapterFolder = null, Policy? second = null) =>
        (Description, Source, ModelFolder, AdapterFolder, _second) = (description, source, modelFolder, adapterFolder, second);

    /// <summary>Which reference it is, for people.</summary>
    public string Description { get; }

    /// <summary>What answers for it; frozen once training has begun.</summary>
    public IReferenceSource Source { get; }

    /// <summary>Whether the policy, before its first update, computes the same as this reference.</summary>
    public bool EqualsPolicyAtStart { get; private init; }

    /// <summary>Folder that its model was loaded from.</summary>
    public string ModelFolder { get; }

    /// <summary>Folder of the adapter that it keeps on that model, or null.</summary>
    public string? AdapterFolder { get; }

    /// <summary>Chooses the reference of a run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="policy">The loaded policy, before the first step.</param>
    public static References Choose(DpoRunOptions options, Policy policy) => Choose(options, policy, new CompletionSum(options.LdAlpha ?? 1));

    private static References Choose(DpoRunOptions options, Policy policy, CompletionSum sum) => (options.Reference, policy.Adapter, policy.Origin) switch
    {
        (ReferenceChoice.None, _, _) => new("none", new NoReference(), policy.BaseFolder),
        (ReferenceChoice.Model, _, _) => SecondModel(options.RefModelNameOrPath!, null, policy, sum),
        (_, null, _) when options.PrecomputeRefLogProbs => new("the model as loaded (computed before the first step)", new ModelReference(policy.Model, sum), policy.BaseFolder) { EqualsPolicyAtStart = true },
        (_, null, _) => SecondModel(policy.BaseFolder, "a frozen copy of the model", policy, sum),
        (ReferenceChoice.Auto or ReferenceChoice.Adapter, { } adapter, not null) => FrozenAdapter(policy, adapter, sum),
        (_, { } adapter, _) => new("the base model (adapter off)", new AdapterReference(policy.Model, adapter, AdapterUse.Off, sum), policy.BaseFolder) { EqualsPolicyAtStart = policy.Origin is null && adapter.BeginsAsBase },
    };

    public void Dispose() => _second?.Dispose();

    private static References FrozenAdapter(Policy policy, LoraAdapter adapter, CompletionSum sum)
    {
        adapter.FreezeReference();
        return new References($"a frozen copy of the adapter {policy.AdapterFolder}", new AdapterReference(policy.Model, adapter, AdapterUse.Reference, sum), policy.BaseFolder, policy.AdapterFolder) { EqualsPolicyAtStart = true };
    }

    /// <summary>Refuses a reference model that is not there.</summary>
    /// <param name="path">Its folder.</param>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static void RequireFolder(string path)
    {
        if (!Directory.Exists(path)) throw new ConfigurationException($"ref_model_name_or_path: there is no folder '{path}'; name a local model folder");
    }

    private static References SecondModel(string path, string? description, Policy policy, CompletionSum sum)
    {
        RequireFolder(path);
        var second = PolicyLoader.Load(path, null, policy.Model.ComputeType, policy.Model.Device, fourBit: policy.FourBit);
        return new References(description ?? $"the model {path}", new ModelReference(second.Model, sum), second.BaseFolder, second.AdapterFolder, second) { EqualsPolicyAtStart = description is not null };
    }
}
