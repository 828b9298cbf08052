using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A low-rank update of a table of embeddings: the row of an id gets <c>scaling · B·A[:, id]</c>, in float32 and without dropout, as PEFT has it. A
/// starts at zero and B normal.
/// </summary>
internal sealed class EmbeddingUpdate : WeightOverlay, IAdapterPart
{
    private readonly LoraAdapter _adapter;
    // A field that is a module or a parameter would be registered as a part of this one.
    private readonly Func<Parameter> _stored;
    private readonly double _scaling;

    [ComponentName(Name = "lora_embedding_A")]
    private readonly AdapterWeight _a;

    [ComponentName(Name = "lora_embedding_B")]
    private readonly AdapterWeight _b;

    public EmbeddingUpdate(WeightedModule module, string path, LoraAdapter adapter) : base("lora_embedding")
    {
        (_adapter, _stored, Path, _scaling) = (adapter, () => module.Stored, path, adapter.Options.ScalingOf(path));
        var (rank, table) = (adapter.Options.RankOf(path), module.Stored);
        _a = new AdapterWeight("lora_embedding_A", adapter, table.device, rank, table.size(0));
        _b = new AdapterWeight("lora_embedding_B", adapter, table.device, table.size(1), rank);
        RegisterComponents();
    }

    public string Path { get; }

    /// <summary>The table of the base.</summary>
    public Tensor Table => _stored();

    public IEnumerable<AdapterParameter> Trained =>
        [new AdapterParameter($"{Path}.lora_embedding_A", _a.Value), new AdapterParameter($"{Path}.lora_embedding_B", _b.Value)];

    public override Tensor? AddTo(Tensor rows, Tensor ids)
    {
        if (_adapter.Use == AdapterUse.Off) return null;
        using var scope = NewDisposeScope();
        var inner = _a.Applied.t().index_select(0, ids).to(ScalarType.Float32); // [tokens, rank]
        return rows.Plus(inner.mm(_b.Applied.to(ScalarType.Float32).t()).Times(_scaling)).to(rows.dtype).MoveToOuterDisposeScope();
    }

    public void Initialize(Generator generator)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        // With "false" PEFT leaves both as it makes them, normal.
        if (_adapter.Options.Start is UniformStart) _a.Value.copy_(randn(_a.Value.shape, generator: generator));
        else _a.Value.zero_();
        _b.Value.copy_(randn(_b.Value.shape, generator: generator));
    }

    public void FreezeReference()
    {
        _a.FreezeReference();
        _b.FreezeReference();
    }

    public void Merge()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var table = _stored();
        table.copy_(table.to(ScalarType.Float32).Plus(_b.Value.to(ScalarType.Float32).mm(_a.Value.to(ScalarType.Float32)).t().Times(_scaling)));
        _a.Value.zero_();
    }
}
