using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>What models compute before anything is written. Owns its tensors.</summary>
/// <param name="on">Logits of what is merged into, with the adapters on.</param>
/// <param name="off">Logits of it alone.</param>
/// <param name="names">Names of the base's weights in state-dict order.</param>
internal sealed class ExpectedLogits(Tensor on, Tensor off, IReadOnlyList<string> names) : IDisposable
{
    public Tensor On => on;

    public Tensor Off => off;

    public IReadOnlyList<string> Names => names;

    /// <summary>Logits of the 4-bit base with the adapters on, where the adapters are merged into something else; else null.</summary>
    public Tensor? Trained { get; init; }

    /// <summary>Logits of the merged model in memory, where it is of 4 bits; else null.</summary>
    public Tensor? Merged { get; init; }

    public void Dispose()
    {
        foreach (var logits in new[] { on, off, Trained, Merged }) logits?.Dispose();
    }
}
