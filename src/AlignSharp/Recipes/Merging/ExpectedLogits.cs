using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>What the base computes before anything is merged. Owns its tensors.</summary>
/// <param name="on">Logits with the adapters on.</param>
/// <param name="off">Logits of the base alone.</param>
/// <param name="names">Names of the base's weights in state-dict order.</param>
internal sealed class ExpectedLogits(Tensor on, Tensor off, IReadOnlyList<string> names) : IDisposable
{
    public Tensor On => on;

    public Tensor Off => off;

    public IReadOnlyList<string> Names => names;

    public void Dispose()
    {
        on.Dispose();
        off.Dispose();
    }
}
