using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Quantization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A LoRA adapter on a model: wraps projections while the model is built and lays itself on what is no projection afterwards, then trains, switches, freezes and merges all of it together.
/// Its tensors are of one type and belong to the model.
/// </summary>
public sealed class LoraAdapter
{
    private readonly List<LoraProjection> _projections = [];
    private readonly List<EmbeddingUpdate> _embeddings = [];
    private readonly List<IAdapterPart> _parts = [];
    private readonly List<ProjectionSite> _sites = [];
    private readonly List<string> _saved = [];
    private readonly Dictionary<string, QuantizedProjection> _quantized = new(StringComparer.Ordinal);

    /// <summary>Prepares an adapter; <see cref="Around"/> and <see cref="Lay"/> put it on a model.</summary>
    /// <param name="options">Rank, scaling, dropout, targets and variant.</param>
    /// <param name="type">
    /// Type of all that is trained: float32 (PEFT's <c>autocast_adapter_dtype</c>), or bfloat16, into which TRL casts it over quantised bases. Products with it are computed in float32
    /// in either case.
    /// </param>
    /// <exception cref="ArgumentException">Two options contradict each other, or the type is another one.</exception>
    public LoraAdapter(LoraOptions options, ScalarType type = ScalarType.Float32)
    {
        if (type is not (ScalarType.Float32 or ScalarType.BFloat16)) throw new ArgumentException($"an adapter in {type}; expected Float32 or BFloat16", nameof(type));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rank, 1);
        if (options.Contradiction is { } contradiction) throw new ArgumentException(contradiction, nameof(options));
        (Options, Type) = (options, type);
    }

    /// <summary>Rank, scaling, dropout, targets and variant.</summary>
    public LoraOptions Options { get; }

    /// <summary>Type of all that is trained.</summary>
    public ScalarType Type { get; }

    /// <summary>Whether the model with a fresh adapter is its base, but for the rounding of float32: in bfloat16 only where an update of zero is all that there is.</summary>
    public bool BeginsAsBase => !Options.Start.ChangesModel
        && (Type == ScalarType.Float32 || Options is { Start: KaimingStart or GaussianStart, Decomposed: false, Bias: LoraBias.None, ModulesToSave.Count: 0 });

    /// <summary>Which adapter the model applies now.</summary>
    public AdapterUse Use { get; private set; } = AdapterUse.Policy;

    /// <summary>Module paths of what has an update, projections in the model's order and then embeddings.</summary>
    public IReadOnlyList<string> Paths => [.. _projections.Select(p => p.Site.Path), .. _embeddings.Select(e => e.Path)];

    /// <summary>Module paths of what is trained in full, in the model's order.</summary>
    public IReadOnlyList<string> SavedPaths => _saved;

    /// <summary>Where the adapted projections stand, in the model's order.</summary>
    public IReadOnlyList<ProjectionSite> Sites => [.. _projections.Select(p => p.Site)];

    /// <summary>Target names that match nothing in the model; PEFT passes over them as long as another one matches.</summary>
    public IReadOnlyList<string> UnmatchedNames => Options.Targets is NamedTargets named
        ? [.. named.Names.Where(name => !Paths.Any(path => NamedTargets.NameMatches(name, path)))]
        : [];

    /// <summary>Names of modules to save that match nothing in the model.</summary>
    public IReadOnlyList<string> UnmatchedModulesToSave => [.. Options.ModulesToSave.Where(name => !_saved.Exists(path => path.EndsWith(name, StringComparison.Ordinal)))];

    /// <summary>Whether other options mean the projections that this adapter adapts, however they are written (a list, a pattern, "all-linear", layers).</summary>
    /// <param name="other">The other options.</param>
    public bool Adapts(LoraOptions other) =>
        _sites.Where(site => other.Adapts(site.Path, KindOf(site))).Select(site => site.Path).SequenceEqual(_projections.Select(p => p.Site.Path));

    /// <summary>All trained tensors with their names in PEFT's files: of each module in turn, A and B first.</summary>
    public IEnumerable<AdapterParameter> Trained => _parts.SelectMany(part => part.Trained);

    /// <summary>The trained tensors.</summary>
    public IEnumerable<Parameter> Parameters => Trained.Select(parameter => parameter.Value);

    /// <summary>A and B of the adapted projections by module path.</summary>
    public IEnumerable<LoraWeights> Weights => _projections.Select(p => new LoraWeights(p.Site.Path, p.A, p.B));

    /// <summary>The base's tables of the adapted embeddings by module path.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> EmbeddingTables => _embeddings.Select(embedding => KeyValuePair.Create(embedding.Path, embedding.Table));

    /// <summary>Decorates a factory: projections that the options mean get their part of the adapter around them, with A and B zero.</summary>
    /// <param name="inner">Builds the projections themselves.</param>
    public ProjectionFactory Around(ProjectionFactory inner) => site =>
    {
        _sites.Add(site);
        var projection = inner(site);
        var unwrapped = projection as QuantizedProjection;
        if (Options.Saves(site.Path))
        {
            _saved.Add(site.Path);
            return Keep(new SavedProjection(projection, site, this));
        }
        var isAdapted = Options.Adapts(site.Path, KindOf(site));
        if (site.HasBias && (Options.Bias == LoraBias.All || (Options.Bias == LoraBias.LoraOnly && isAdapted)))
            projection = Keep(new BiasedProjection(projection, site, this, isAdapted));
        if (!isAdapted) return projection;
        if (unwrapped is not null) _quantized.Add(site.Path, unwrapped);
        var adapted = Keep(new LoraProjection(projection, site, this));
        _projections.Add(adapted);
        return adapted;
    };

    /// <summary>Puts the adapter on the embedding and the norms of a built model where the options mean them.</summary>
    /// <param name="model">The model that was built with <see cref="Around"/>; its embeddings and norms belong to it afterwards as before.</param>
    /// <exception cref="ConfigurationException">The options ask for what cannot be done to the embedding.</exception>
    public void Lay(CausalLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var head = model.Head.Weight;
        foreach (var (path, module) in model.named_modules().ToList())
        {
            if (module is not WeightedModule weighted) continue;
            var isEmbedding = weighted is TokenEmbedding;
            if (Options.Saves(path))
            {
                if (isEmbedding) RequireOwnHead(ReferenceEquals(head, weighted.Stored), "modules_to_save", path);
                _saved.Add(path);
                weighted.Lay(Keep(new SavedWeight(weighted, path, this)));
            }
            else if (isEmbedding && Options.Adapts(path, AdaptedModule.Embedding))
            {
                RequireOwnHead(ReferenceEquals(head, weighted.Stored), "target_modules", path);
                RequirePlain(path);
                var update = Keep(new EmbeddingUpdate(weighted, path, this));
                _embeddings.Add(update);
                weighted.Lay(update);
            }
        }
    }

    /// <summary>
    /// Fills A and B with their start (<see cref="LoraOptions.Start"/>), and copies what is trained in full from the base. But for starts that say so, the
    /// model is unchanged until the first step.
    /// </summary>
    /// <param name="seed">Equal seeds give equal adapters.</param>
    /// <exception cref="ConfigurationException">The start cannot be had for a projection.</exception>
    public void Initialize(long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var part in _parts) part.Initialize(generator);
    }

    /// <summary>
    /// Takes out of the base what the adapter began with, where its start is a part of the base (<see cref="LoraStart.ChangesBase"/>), as PEFT repeats it before it loads such
    /// an adapter. A second call changes nothing.
    /// </summary>
    /// <exception cref="ConfigurationException">The start cannot be had for a projection.</exception>
    public void TakeStart()
    {
        foreach (var projection in _projections) projection.TakeStart();
    }

    /// <summary>
    /// Quantises the adapted projections of 4 bits anew where the adapter starts with LoftQ (<see cref="LoftQStart"/>), and fills A and B with the update that makes up for it; other starts
    /// are left alone. To be called once on a filled model, before <see cref="Initialize"/> or loading.
    /// </summary>
    /// <param name="original">Reads the weight of a site in full precision, <c>[out, in]</c> on the site's device; it is disposed before the next is asked for.</param>
    /// <exception cref="ConfigurationException">The rank is more than a weight has.</exception>
    public void TakeStart(Func<ProjectionSite, Tensor> original)
    {
        ArgumentNullException.ThrowIfNull(original);
        foreach (var projection in _projections)
            if (_quantized.TryGetValue(projection.Site.Path, out var quantized)) projection.TakeStart(quantized, original);
    }

    /// <summary>Keeps a frozen copy of the adapter as it is now, as the reference of a run that continues from it.</summary>
    public void FreezeReference()
    {
        foreach (var part in _parts) part.FreezeReference();
    }

    /// <summary>Applies another adapter, or none, until the returned object is disposed.</summary>
    /// <param name="use">What to apply.</param>
    public IDisposable Switch(AdapterUse use) => new Switched(this, use);

    /// <summary>Moves what was learnt into the weights of the base, which takes its place: float32 sum, one rounding. B becomes zero.</summary>
    /// <exception cref="InvalidOperationException">B has a bias where the base has none.</exception>
    public void Merge()
    {
        foreach (var part in _parts) part.Merge();
    }

    private T Keep<T>(T part) where T : IAdapterPart
    {
        _parts.Add(part);
        return part;
    }

    // What the embedding learnt would not reach the head in training, as PEFT has it, and would when merged.
    private static void RequireOwnHead(bool isHead, string key, string path)
    {
        if (isHead) throw new ConfigurationException($"{key}: '{path}' is also the output head of this model (tie_word_embeddings), which an adapter on it would take apart; leave it out");
    }

    private void RequirePlain(string path)
    {
        var refused = Options.Decomposed ? "use_dora"
            : Options.HasBiasOfB ? "lora_bias"
            : Options.Start is KaimingStart or UniformStart or GaussianStart ? null
            : "init_lora_weights (other than true, false and gaussian)";
        if (refused is not null) throw new ConfigurationException($"target_modules: {refused} is not available for the embedding '{path}'; leave one of them out");
    }

    private static AdaptedModule KindOf(ProjectionSite site) => site.IsOutputHead ? AdaptedModule.OutputHead : AdaptedModule.Projection;

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
