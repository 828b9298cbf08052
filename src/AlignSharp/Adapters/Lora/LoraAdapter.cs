using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A LoRA adapter on a model: wraps projections while the model is built, then trains, switches, freezes and merges them together.
/// Its matrices are float32 and belong to the model.
/// </summary>
public sealed class LoraAdapter
{
    private readonly List<LoraProjection> _projections = [];
    private readonly List<ProjectionSite> _sites = [];

    /// <summary>Prepares an adapter; <see cref="Around"/> puts it on a model.</summary>
    /// <param name="options">Rank, scaling, dropout and targets.</param>
    public LoraAdapter(LoraOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rank, 1);
        Options = options;
    }

    /// <summary>Rank, scaling, dropout and targets.</summary>
    public LoraOptions Options { get; }

    /// <summary>Which adapter the model applies now.</summary>
    public AdapterUse Use { get; private set; } = AdapterUse.Policy;

    /// <summary>Module paths of the adapted projections, in the model's order.</summary>
    public IReadOnlyList<string> Paths => [.. _projections.Select(p => p.Site.Path)];

    /// <summary>Where the adapted projections stand, in the model's order.</summary>
    public IReadOnlyList<ProjectionSite> Sites => [.. _projections.Select(p => p.Site)];

    /// <summary>Target names that match no projection of the model; PEFT passes over them as long as another one matches.</summary>
    public IReadOnlyList<string> UnmatchedNames => Options.Targets is NamedTargets named
        ? [.. named.Names.Where(name => !_projections.Exists(p => NamedTargets.NameMatches(name, p.Site.Path)))]
        : [];

    /// <summary>Whether other targets mean the projections that this adapter adapts, however they are written (a list, a pattern, "all-linear").</summary>
    /// <param name="targets">The other targets.</param>
    public bool Adapts(LoraTargets targets) => _sites.Where(targets.Matches).Select(site => site.Path).SequenceEqual(Paths);

    /// <summary>The trainable matrices, A and B of each projection in turn.</summary>
    public IEnumerable<Parameter> Parameters => _projections.SelectMany(p => new[] { p.A, p.B });

    /// <summary>The matrices by module path.</summary>
    public IEnumerable<LoraWeights> Weights => _projections.Select(p => new LoraWeights(p.Site.Path, p.A, p.B));

    /// <summary>Decorates a factory: projections that the targets match get the adapter around them, with A and B zero.</summary>
    /// <param name="inner">Builds the projections themselves.</param>
    public ProjectionFactory Around(ProjectionFactory inner) => site =>
    {
        _sites.Add(site);
        var projection = inner(site);
        if (!Options.Targets.Matches(site)) return projection;
        var adapted = new LoraProjection(projection, site, this);
        _projections.Add(adapted);
        return adapted;
    };

    /// <summary>
    /// PEFT's default start: A from Kaiming's uniform distribution with a = √5, that is U(−1/√in, 1/√in), and B zero, so that the
    /// model is unchanged until the first step.
    /// </summary>
    /// <param name="seed">Equal seeds give equal adapters.</param>
    public void Initialize(long seed)
    {
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var projection in _projections)
        {
            using var scope = NewDisposeScope();
            var bound = 1 / Math.Sqrt(projection.Site.InFeatures);
            projection.A.copy_(rand(projection.A.shape, generator: generator).Times(2).Plus(-1).Times(bound));
            projection.B.zero_();
        }
    }

    /// <summary>Keeps a frozen copy of the adapter as it is now, as the reference of a run that continues from it.</summary>
    public void FreezeReference()
    {
        foreach (var projection in _projections) projection.FreezeReference();
    }

    /// <summary>Applies another adapter, or none, until the returned object is disposed.</summary>
    /// <param name="use">What to apply.</param>
    public IDisposable Switch(AdapterUse use) => new Switched(this, use);

    /// <summary>Adds the update to the weights of the base, which takes its place: float32 sum, one rounding. B becomes zero.</summary>
    public void Merge()
    {
        foreach (var projection in _projections) projection.Merge();
    }

    private sealed class Switched : IDisposable
    {
        private readonly LoraAdapter _adapter;
        private readonly AdapterUse _before;

        public Switched(LoraAdapter adapter, AdapterUse use)
        {
            (_adapter, _before) = (adapter, adapter.Use);
            adapter.Use = use;
        }

        public void Dispose() => _adapter.Use = _before;
    }
}
