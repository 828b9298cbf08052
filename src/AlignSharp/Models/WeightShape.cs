namespace AlignSharp.Models;

/// <summary>A tensor of a checkpoint, without its values.</summary>
/// <param name="Name">Name as in checkpoints, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Shape">Dimensions; a matrix is <c>[out, in]</c>. Not to be changed.</param>
public sealed record WeightShape(string Name, WeightKind Kind, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Path of the module that has it: the name without its last part.</summary>
    public string Path => Name[..Name.LastIndexOf('.')];
}
