using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Merging;

/// <summary>An adapter of a sum with its factor.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Weight">The user's factor.</param>
internal sealed record AdapterShare(string Folder, AdapterConfig Config, double Weight)
{
    /// <summary>The largest rank that one of its updates has; smaller ones are filled up with zeros where adapters stand beside each other.</summary>
    public int LargestRank => (Config.Options.Start.ChangesBase ? 2 : 1) * Config.Options.RankPattern.Values.Append(Config.Options.Rank).Max();

    /// <summary>The field by which it is more than an update of projections, or null.</summary>
    public string? Variant => Config.Options switch
    {
        { Decomposed: true } => "use_dora",
        { HasBiasOfB: true } => "lora_bias",
        { Bias: not LoraBias.None } => "bias",
        { ModulesToSave.Count: > 0 } => "modules_to_save",
        var options when options.Adapts("model.embed_tokens", AdaptedModule.Embedding) => "target_modules: embed_tokens",
        _ => null,
    };

    /// <summary>Factor on B·A of a projection: the user's and the adapter's own.</summary>
    /// <param name="path">Its path.</param>
    public double FactorOf(string path) => Weight * Config.Options.ScalingOf(path);

    /// <summary>Resolves the base and the adapters that options name.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ConfigurationException">A folder does not exist, no adapter is named, or there are not as many weights as adapters.</exception>
    /// <exception cref="ArtifactException">An adapter's configuration cannot be used.</exception>
    public static (string BaseFolder, IReadOnlyList<AdapterShare> Shares) Resolve(MergeRunOptions options)
    {
        var (baseFolder, first) = PolicyLoader.Resolve(options.Model, null);
        string[] folders = [.. first is null ? [] : new[] { first }, .. options.Adapters];
        if (folders.Length == 0) throw new ConfigurationException($"{options.Model} is a model without adapter, and adapter is not given; name the adapter to merge");
        if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } absent) throw new ConfigurationException($"adapter: there is no folder '{absent}'");
        if (options.Weights.Count > 0 && options.Weights.Count != folders.Length)
            throw new ConfigurationException($"weights: {options.Weights.Count} are given for {folders.Length} adapters ({string.Join(", ", folders)}); give one for each");
        AdapterShare[] shares = [.. folders.Select((folder, i) => new AdapterShare(folder, AdapterConfigFile.Read(folder), options.Weights.Count > 0 ? options.Weights[i] : 1))];
        if (Array.Find(shares, share => share.Config.Options.Start is LoftQStart) is { } tied)
            throw new ConfigurationException($"{tied.Folder}: an adapter that began with loftq belongs on the base as LoftQ quantised it, into which this version does not merge; use it with its base and load_in_4bit");
        return (baseFolder, shares);
    }
}
