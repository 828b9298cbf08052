using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>The tokens that a model reads, packed without padding; int64 <c>[tokens]</c> each. Borrowed.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Positions">Position of each token in its own sequence, from 0.</param>
/// <param name="SequenceLengths">
/// Length of the sequence that each token belongs to (for a pair, of its longer sequence); only position encodings that depend on
/// the length (dynamic rotary scaling) read it.
/// </param>
public readonly record struct TokenInputs(Tensor Ids, Tensor Positions, Tensor SequenceLengths);
