using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>The last norms of a decomposed projection, with the A and B that they belong to: comparing those is little beside computing norms anew for each token that is generated.</summary>
internal sealed class DecomposedNorms : IDisposable
{
    private (Tensor A, Tensor B, Tensor Norms)? _last;

    /// <summary>The norms of a map; they stay this object's until it is asked with another A or B, or disposed.</summary>
    /// <param name="map">A map with update and magnitude.</param>
    public Tensor Of(LinearMap map)
    {
        var update = map.Update!.Value;
        if (_last is { } last && Same(last.A, update.A) && Same(last.B, update.B)) return last.Norms;
        Dispose();
        var norms = DecomposedLinear.Norms(map, map.Magnitude!.Value.SquaredNorms).DetachFromDisposeScope();
        _last = (update.A.detach().clone().DetachFromDisposeScope(), update.B.detach().clone().DetachFromDisposeScope(), norms);
        return norms;
    }

    /// <summary>Forgets them.</summary>
    public void Dispose()
    {
        if (_last is not var (a, b, norms)) return;
        foreach (var tensor in new[] { a, b, norms }) tensor.Dispose();
        _last = null;
    }

    private static bool Same(Tensor one, Tensor other)
    {
        using var scope = NewDisposeScope();
        return one.eq(other).all().item<bool>();
    }
}
