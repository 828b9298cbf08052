using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Training;

/// <summary>Keeps the state of libtorch's random numbers and puts it back when disposed, as if none had been drawn in between.</summary>
internal sealed class RandomState : IDisposable
{
    // Held as long as its state: a generator that is collected dies under a native call (docs/design/0005-numbers-alive.md).
    private readonly Generator _generator = Generator.Default;
    private readonly Tensor _state;

    public RandomState() => _state = _generator.get_state().DetachFromDisposeScope();

    public void Dispose()
    {
        _generator.set_state(_state);
        // A GPU's state cannot be read through TorchSharp. Before a run nothing is drawn there, so that the seed is the state.
        if (cuda.is_available()) cuda.manual_seed_all(_generator.initial_seed());
        _state.Dispose();
        _generator.Dispose();
    }
}
