using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Quantization;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A projection with a low-rank update beside it: <c>y = base(x) + scaling · B(A(dropout(x)))</c>, or with DoRA's trained length of each row. The update is computed in the
/// float32 and the sum cast back to the base's output type, as PEFT does for full-precision bases.
/// </summary>
internal sealed class LoraProjection : Projection, IAdapterPart
{
    private readonly LoraAdapter _adapter;
    private readonly double _scaling;
    private Tensor? _squaredNorms;
    private DecomposedNorms? _norms;

    // What the base gave up when the adapter began; without it the base would not be the model that it was.
    private (Tensor A, Tensor B)? _taken;

    [ComponentName(Name = "base_layer")]
    private readonly Projection _base;

    [ComponentName(Name = "lora_A")]
    private readonly AdapterWeight _a;

    [ComponentName(Name = "lora_B")]
    private readonly AdapterWeight _b;

    [ComponentName(Name = "lora_B_bias")]
    private readonly AdapterWeight? _biasOfB;

    [ComponentName(Name = "lora_magnitude_vector")]
    private readonly AdapterWeight? _magnitude;

    public LoraProjection(Projection baseLayer, ProjectionSite site, LoraAdapter adapter) : base(site.Name)
    {
        (Site, _adapter, _base, _scaling, Rank) = (site, adapter, baseLayer, adapter.Options.ScalingOf(site.Path), adapter.Options.RankOf(site.Path));
        _a = new AdapterWeight("lora_A", adapter, site.Device, Rank, site.InFeatures);
        _b = new AdapterWeight("lora_B", adapter, site.Device, site.OutFeatures, Rank);
        if (adapter.Options.HasBiasOfB) _biasOfB = new AdapterWeight("lora_B_bias", adapter, site.Device, site.OutFeatures);
        if (adapter.Options.Decomposed) _magnitude = new AdapterWeight("lora_magnitude_vector", adapter, site.Device, site.OutFeatures);
        RegisterComponents();
    }

    public ProjectionSite Site { get; }

    public int Rank { get; }

    public Parameter A => _a.Value;

    public Parameter B => _b.Value;

    public IEnumerable<AdapterParameter> Trained
    {
        get
        {
            yield return new AdapterParameter($"{Site.Path}.lora_A.weight", A);
            yield return new AdapterParameter($"{Site.Path}.lora_B.weight", B);
            if (_biasOfB is not null) yield return new AdapterParameter($"{Site.Path}.lora_B.bias", _biasOfB.Value);
            if (_magnitude is not null) yield return new AdapterParameter($"{Site.Path}.lora_magnitude_vector", _magnitude.Value);
        }
    }

    public override LinearMap Map => _adapter.Use == AdapterUse.Off
        ? _base.Map with { Update = _taken is var (a, b) ? new LowRankUpdate(a, b, _scaling, Dropout: 0) : null }
        : Updated(_a.Applied, _b.Applied, _biasOfB?.Applied, _magnitude?.Applied, _adapter.Use == AdapterUse.Policy && training ? _adapter.Options.Dropout : 0);

    public override void AddToWeight(Tensor delta)
    {
        _base.AddToWeight(delta);
        ForgetNorms();
    }

    public void Initialize(Generator generator)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (Begins.ChangesBase)
        {
            TakeStart();
        }
        else
        {
            var (a, b) = Start(generator);
            A.copy_(a);
            B.copy_(b);
        }
        if (_biasOfB is not null) FillBiasOfB(_biasOfB.Value, generator);
        FitMagnitude();
    }

    /// <summary>Takes the start out of the base where it is a part of it, once; the factors hold it then.</summary>
    public void TakeStart()
    {
        if (!Begins.ChangesBase || _taken is not null) return;
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        var (a, b) = Start(generator);
        Take(a, b);
        AddToWeight(b.mm(a).Times(-_scaling));
    }

    /// <summary>Quantises the base anew with LoftQ, once, and takes the update that makes up for it as the start.</summary>
    /// <param name="quantized">The base's own projection.</param>
    /// <param name="original">Reads its weight in full precision, which is disposed here.</param>
    public void TakeStart(QuantizedProjection quantized, Func<ProjectionSite, Tensor> original)
    {
        if (_adapter.Options.Start is not LoftQStart start || _taken is not null) return;
        RequireRank();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var weight = original(Site);
        var (a, b, remade) = start.Decompose(weight, Rank, _scaling, quantized.Weight.Options, Site.Path);
        quantized.Weight = remade.To(Site.Device);
        Take(a, b);
        ForgetNorms();
    }

    public void FreezeReference()
    {
        foreach (var weight in new[] { _a, _b, _biasOfB, _magnitude }) weight?.FreezeReference();
    }

    /// <summary>Moves the update into the base's weight and sets B to zero, so that the output stays what it was.</summary>
    public void Merge()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var update = Wide(B).mm(Wide(A)).Times(_scaling);
        if (_magnitude is not null)
        {
            var map = Updated(A, B, null, _magnitude.Value, dropout: 0);
            var factor = (_magnitude.Value / DecomposedLinear.Norms(map, map.Magnitude!.Value.SquaredNorms)).unsqueeze(1);
            // g·(W + update) − W
            update = (factor.Plus(-1) * map.Matrix(ScalarType.Float32)).Plus(factor * update);
        }
        if (_biasOfB is not null) MergeBiasOfB(_biasOfB.Value);
        AddToWeight(update);
        B.zero_();
        ForgetTaken();
        FitMagnitude();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ForgetTaken();
            ForgetNorms();
        }
        base.Dispose(disposing);
    }

    private LinearMap Updated(Tensor a, Tensor b, Tensor? biasOfB, Tensor? magnitude, double dropout)
    {
        var map = _base.Map with { Update = new LowRankUpdate(a, b, _scaling, dropout, biasOfB) };
        if (magnitude is null) return map;
        _squaredNorms ??= DecomposedLinear.SquaredNorms(map).DetachFromDisposeScope();
        var decomposed = map with { Magnitude = new RowMagnitude(magnitude, _squaredNorms) };
        // Where nothing is trained, the norms of one token are those of the next.
        var isStill = !is_grad_enabled() && (!training || _adapter.Use == AdapterUse.Reference);
        return isStill ? decomposed with { Magnitude = decomposed.Magnitude.Value with { Norms = (_norms ??= new DecomposedNorms()).Of(decomposed) } } : decomposed;
    }

    // A projection in full precision has lost nothing that LoftQ could make up for.
    private LoraStart Begins => _adapter.Options.Start is LoftQStart && _base.Map.Codes is null ? LoraStart.Default : _adapter.Options.Start;

    // What is taken is float32, whatever the adapter is: loading repeats it without knowing in which type the adapter was trained.
    private void Take(Tensor a, Tensor b)
    {
        A.copy_(a);
        B.copy_(b);
        _taken = (a.detach().clone().DetachFromDisposeScope(), b.detach().clone().DetachFromDisposeScope());
    }

    private (Tensor A, Tensor B) Start(Generator generator)
    {
        if (Begins.ChangesBase) RequireRank();
        return Begins.Factors(new StartPlace(Site.InFeatures, Site.OutFeatures, Rank, _scaling, () => _base.Map.Matrix(ScalarType.Float32)), generator);
    }

    private void RequireRank()
    {
        if (Rank > Math.Min(Site.InFeatures, Site.OutFeatures))
            throw new ConfigurationException($"lora_r: {Rank} is more than the weight of {Site.Path} has ([{Site.OutFeatures}, {Site.InFeatures}]), of which init_lora_weights takes the start; lower lora_r");
    }

    // As B itself begins: zero, or like a linear layer's.
    private void FillBiasOfB(Parameter bias, Generator generator)
    {
        if (_adapter.Options.Start is UniformStart) bias.copy_(rand([bias.size(0)], generator: generator).Times(2).Plus(-1).Times(1 / Math.Sqrt(Rank)));
        else bias.zero_();
    }

    private void MergeBiasOfB(Parameter bias)
    {
        var stored = _base.Map.Bias ?? throw new InvalidOperationException($"{Site.Path} has no bias that could take the bias of B");
        stored.copy_(stored.to(ScalarType.Float32).Plus(Wide(bias).Times(_scaling)).to(stored.dtype));
        bias.zero_();
    }

    private void FitMagnitude()
    {
        if (_magnitude is null) return;
        using var scope = NewDisposeScope();
        var map = Updated(A, B, null, _magnitude.Value, dropout: 0);
        _magnitude.Value.copy_(DecomposedLinear.Norms(map, map.Magnitude!.Value.SquaredNorms));
    }

    private void ForgetNorms()
    {
        _squaredNorms?.Dispose();
        _squaredNorms = null;
        _norms?.Dispose();
        _norms = null;
    }

    private static Tensor Wide(Tensor trained) => trained.to(ScalarType.Float32);

    private void ForgetTaken()
    {
        _taken?.A.Dispose();
        _taken?.B.Dispose();
        _taken = null;
    }
}
