using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>One factor of a low-rank update; a module of its own only because PEFT's keys end in <c>lora_A.weight</c>.</summary>
internal sealed class LoraMatrix : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public LoraMatrix(string name, long rows, long columns, Device device) : base(name)
    {
        _weight = new Parameter(zeros(rows, columns, dtype: ScalarType.Float32, device: device));
        RegisterComponents();
    }

    public Parameter Weight => _weight;
}
