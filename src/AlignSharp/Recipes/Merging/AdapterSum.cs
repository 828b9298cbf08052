using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Quantization;
using AlignSharp.Recipes.Merging.Combinations;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>
/// Adapters that are merged, in two forms: as one adapter, and added to the base's weights. Several are summed, Σ weightᵢ·scalingᵢ·Bᵢ·Aᵢ: exactly, the rank being the sum of ranks (the
/// rows of all A, and the columns of all weightᵢ·scalingᵢ·Bᵢ, beside each other; PEFT's <c>cat</c>), or by one of PEFT's other combinations. A
/// single one may be of any variant.
/// </summary>
internal sealed class AdapterSum : IDisposable
{
    private readonly IReadOnlyList<AdapterShare> _shares;
    private readonly AdapterCombination? _combination;
    private readonly int _seed;
    private readonly List<AdapterFile> _files = [];

    /// <summary>Prepares the sum.</summary>
    /// <param name="shares">At least one adapter.</param>
    /// <param name="combination">How they are combined; null for the exact sum.</param>
    /// <param name="seed">Seed of combinations that draw.</param>
    /// <exception cref="ConfigurationException">An adapter is of a variant that cannot be summed.</exception>
    public AdapterSum(IReadOnlyList<AdapterShare> shares, AdapterCombination? combination, int seed)
    {
        (_shares, _combination, _seed) = (shares, combination, seed);
        if (IsSingle)
        {
            Adapter = new LoraAdapter(shares[0].Config.Options);
            return;
        }
        foreach (var share in shares) RequireUpdates(share);
        var rank = combination is null ? shares.Sum(share => share.LargestRank) : combination.Rank ?? shares.Max(share => share.LargestRank);
        Adapter = new LoraAdapter(new LoraOptions { Rank = rank, Alpha = rank, Targets = new AnyTargets([.. shares.Select(share => share.Config.Options)]) });
    }

    /// <summary>The same sum for another model.</summary>
    /// <param name="other">The sum.</param>
    public AdapterSum(AdapterSum other) : this(other._shares, other._combination, other._seed) { }

    /// <summary>The sum as one adapter of scaling 1, or the single adapter as it is; on a model once that was built around it.</summary>
    public LoraAdapter Adapter { get; }

    /// <summary>Whether this is one adapter that is taken as it is, of whatever variant.</summary>
    public bool IsSingle => _combination is null && _shares is [{ Weight: 1, Variant: not null }];

    /// <summary>How the single adapter is merged; null for a sum.</summary>
    public VariantMerge? Single => IsSingle ? new VariantMerge(_files[0], _shares[0].Config.Options) : null;

    /// <summary>Loads the base with the sum on it, and keeps the adapters' files open.</summary>
    /// <param name="baseFolder">The base.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="type">Type to compute in.</param>
    /// <param name="device">Where to put it.</param>
    /// <param name="fourBit">Quantises the base as it is loaded; null leaves it.</param>
    /// <exception cref="ArtifactException">The base cannot be used, or an adapter does not fit it; the message names the tensor.</exception>
    public Policy Load(string baseFolder, ModelConfig config, ScalarType type, Device device, FourBitOptions? fourBit)
    {
        var model = ModelFolder.Load(baseFolder, config, type, device, Adapter.Around, fourBit);
        try
        {
            if (IsSingle)
            {
                PolicyLoader.Lay(Adapter, model, baseFolder);
                AdapterFolder.Load(_shares[0].Folder, Adapter);
                _files.Add(AdapterFile.Open(_shares[0].Folder, Adapter.Trained.Select(trained => KeyValuePair.Create(trained.Name, trained.Value.shape))));
            }
            else
            {
                foreach (var share in _shares) _files.Add(Open(baseFolder, share));
                Fill(model);
            }
            return new Policy(model, config, baseFolder, Adapter, origin: null, adapterFolder: null);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The updates of one projection in the order of the adapters, each made when it is asked for; the tensors are the caller's.</summary>
    /// <param name="path">Module path of the projection; one that no adapter adapts has no updates.</param>
    /// <param name="stored">The base's weight there; read only where an adapter's start took a part of it.</param>
    /// <returns>A, float32 <c>[rank, in]</c>, B, float32 <c>[out, rank]</c>, and the factor on B·A.</returns>
    public IEnumerable<(Tensor A, Tensor B, double Factor)> Updates(string path, Tensor stored)
    {
        if (_combination is null) return _shares.Zip(_files).Where(pair => pair.Second.Adapts(path)).SelectMany(pair => Terms(pair.First, pair.Second, path, stored));
        WeightedFactors[] parts = [.. from pair in _shares.Zip(_files)
                                      where pair.Second.Adapts(path)
                                      let read = pair.Second.Read(path)
                                      select new WeightedFactors(read.A, read.B, pair.First.Weight, pair.First.Config.Options.ScalingOf(path))];
        if (parts.Length == 0) return [];
        using var generator = new Generator(SeedOf(path), CPU);
        var (a, b) = _combination.Combine(parts, generator);
        return [(a, b, 1)];
    }

    /// <summary>Closes the adapters' files.</summary>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private static IEnumerable<(Tensor A, Tensor B, double Factor)> Terms(AdapterShare share, AdapterFile file, string path, Tensor stored)
    {
        var (a, b) = file.Read(path);
        yield return (a, b, share.FactorOf(path));
        // What the start took from the base is there again in a base that it was not taken from.
        if (VariantMerge.StartOf(path, stored, share.Config.Options) is var (startA, startB)) yield return (startA, startB, -share.FactorOf(path));
    }

    // The same in every pass over the projections.
    private ulong SeedOf(string path) => path.Aggregate(14695981039346656037UL + (ulong)_seed, (hash, letter) => (hash ^ letter) * 1099511628211UL);

    private void RequireUpdates(AdapterShare share)
    {
        if (share.Variant is { } variant)
            throw new ConfigurationException($"{share.Folder}: an adapter with '{variant}' cannot be weighted or summed with others, nor saved as a sum: it is more than an update of weights; merge it alone, with weight 1");
        if (_combination is not null && share.Config.Options.Start.ChangesBase)
            throw new ConfigurationException($"combination: {_combination.Name} cannot take {share.Folder}, whose init_lora_weights took a part of the base; use cat");
    }

    private AdapterFile Open(string baseFolder, AdapterShare share)
    {
        var options = share.Config.Options;
        var projections = Adapter.Sites.Where(site => options.Adapts(site.Path, site.IsOutputHead ? AdaptedModule.OutputHead : AdaptedModule.Projection)).SelectMany(site => new[]
        {
            KeyValuePair.Create($"{site.Path}.lora_A.weight", new[] { options.RankOf(site.Path), site.InFeatures }),
            KeyValuePair.Create($"{site.Path}.lora_B.weight", new[] { site.OutFeatures, options.RankOf(site.Path) }),
        }).ToList();
        return projections.Count > 0 ? AdapterFile.Open(share.Folder, projections)
            : throw new ConfigurationException($"{share.Folder}: no projection of {baseFolder} matches the adapter's target_modules; was it trained on another model?");
    }

    private void Fill(CausalLanguageModel model)
    {
        using var noGradient = no_grad();
        var weights = ModelFolder.BaseParameters(model).ToDictionary(weight => weight.Key, weight => (Tensor)weight.Value, StringComparer.Ordinal);
        var quantized = ModelFolder.QuantizedProjections(model).ToDictionary(StringComparer.Ordinal);
        foreach (var (path, a, b) in Adapter.Weights)
        {
            using var scope = NewDisposeScope();
            var begin = 0L;
            foreach (var (partA, partB, factor) in Updates(path, quantized.TryGetValue(path, out var projection) ? projection.Weight.Matrix.Expand(ScalarType.Float32) : weights[$"{path}.weight"]))
            {
                a.narrow(0, begin, partA.size(0)).copy_(partA);
                b.narrow(1, begin, partB.size(1)).copy_(partB.Times(factor));
                begin += partA.size(0);
            }
        }
    }
}
