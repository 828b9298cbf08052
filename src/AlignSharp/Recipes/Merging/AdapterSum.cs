using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>
/// The exact sum of weighted adapters, Σ weightᵢ·scalingᵢ·Bᵢ·Aᵢ, in two forms: as one adapter whose rank is the sum of ranks (the rows of
/// all A, and the columns of all weightᵢ·scalingᵢ·Bᵢ, beside each other; PEFT's <c>cat</c>), and added to the base's weights.
/// </summary>
internal sealed class AdapterSum : IDisposable
{
    private readonly IReadOnlyList<AdapterShare> _shares;
    private readonly List<AdapterFile> _files = [];

    /// <summary>Prepares the sum.</summary>
    /// <param name="shares">At least one adapter.</param>
    public AdapterSum(IReadOnlyList<AdapterShare> shares)
    {
        _shares = shares;
        var rank = shares.Sum(share => share.LargestRank);
        Adapter = new LoraAdapter(new LoraOptions { Rank = rank, Alpha = rank, Targets = new AnyTargets([.. shares.Select(share => share.Config.Options)]) });
    }

    /// <summary>The sum as one adapter of scaling 1; on a model once that was built around it.</summary>
    public LoraAdapter Adapter { get; }

    /// <summary>Loads the base with the sum on it, and keeps the adapters' files open.</summary>
    /// <param name="baseFolder">The base.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="type">Type to compute in.</param>
    /// <param name="device">Where to put it.</param>
    /// <exception cref="ArtifactException">The base cannot be used, or an adapter does not fit it; the message names the tensor.</exception>
    public Policy Load(string baseFolder, ModelConfig config, ScalarType type, Device device)
    {
        var model = ModelFolder.Load(baseFolder, config, type, device, Adapter.Around);
        try
        {
            foreach (var share in _shares) _files.Add(Open(baseFolder, share));
            Fill();
            return new Policy(model, config, baseFolder, Adapter, origin: null, adapterFolder: null);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The updates of one projection in the order of the adapters, each read when it is asked for; the tensors are the caller's.</summary>
    /// <param name="path">Module path of the projection; one that no adapter adapts has no updates.</param>
    /// <returns>A, float32 <c>[rank, in]</c>, B, float32 <c>[out, rank]</c>, and the factor on B·A.</returns>
    public IEnumerable<(Tensor A, Tensor B, double Factor)> Updates(string path)
    {
        foreach (var (share, file) in _shares.Zip(_files))
        {
            if (!file.Adapts(path)) continue;
            var (a, b) = file.Read(path);
            yield return (a, b, share.FactorOf(path));
        }
    }

    /// <summary>Closes the adapters' files.</summary>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
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

    private void Fill()
    {
        using var noGradient = no_grad();
        foreach (var (path, a, b) in Adapter.Weights)
        {
            var begin = 0L;
            foreach (var (share, file) in _shares.Zip(_files))
            {
                using var scope = NewDisposeScope();
                var rank = share.Config.Options.RankOf(path);
                if (file.Adapts(path))
                {
                    var (partA, partB) = file.Read(path, a.device);
                    a.narrow(0, begin, rank).copy_(partA);
                    b.narrow(1, begin, rank).copy_(partB.Times(share.FactorOf(path)));
                }
                begin += share.LargestRank;
            }
        }
    }
}
