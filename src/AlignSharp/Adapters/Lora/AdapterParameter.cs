using TorchSharp.Modules;

namespace AlignSharp.Adapters.Lora;

/// <summary>A trained tensor of an adapter, borrowed from the model.</summary>
/// <param name="Name">Its name in PEFT's files, without the prefix <c>base_model.model.</c>; for example <c>model.layers.0.self_attn.q_proj.lora_A.weight</c>.</param>
/// <param name="Value">In the adapter's type.</param>
public readonly record struct AdapterParameter(string Name, Parameter Value);
