namespace AlignSharp.Data.Tokenizers;

/// <summary>The special tokens that a tokenizer folder names; null where it names none.</summary>
/// <param name="Bos">Beginning of a sequence.</param>
/// <param name="Eos">End of a sequence.</param>
/// <param name="Unk">Unknown token.</param>
/// <param name="Pad">Padding; never used to decide what is scored.</param>
public sealed record SpecialTokens(SpecialToken? Bos, SpecialToken? Eos, SpecialToken? Unk, SpecialToken? Pad);
