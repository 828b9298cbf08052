using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A trained tensor of an adapter, in the adapter's type, with the frozen copy that a reference needs; a module of its own only because PEFT's keys end in
/// <c>lora_A.weight</c>.
/// </summary>
internal sealed class AdapterWeight : nn.Module
{
    private readonly LoraAdapter _adapter;
    private Tensor? _frozen;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public AdapterWeight(string name, LoraAdapter adapter, Device device, params ReadOnlySpan<long> shape) : base(name)
    {
        _adapter = adapter;
        _weight = new Parameter(zeros(shape, dtype: adapter.Type, device: device));
        RegisterComponents();
    }

    /// <summary>What is trained.</summary>
    public Parameter Value => _weight;

    /// <summary>What applies now: the trained values, or the frozen ones while the reference is asked.</summary>
    /// <exception cref="InvalidOperationException">The reference is asked and was not frozen.</exception>
    public Tensor Applied => _adapter.Use == AdapterUse.Policy ? _weight : _frozen ?? throw new InvalidOperationException("there is no frozen reference adapter; FreezeReference makes one");

    /// <summary>Keeps a copy that training does not touch.</summary>
    public void FreezeReference()
    {
        _frozen?.Dispose();
        _frozen = _weight.detach().clone().DetachFromDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _frozen?.Dispose();
        base.Dispose(disposing);
    }
}
