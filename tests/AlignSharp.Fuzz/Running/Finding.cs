namespace AlignSharp.Fuzz.Running;

/// <summary>An input that a parser did not survive.</summary>
/// <param name="Input">The bytes.</param>
/// <param name="Execution">Which one of the run it was, from 1.</param>
/// <param name="What">What happened.</param>
internal sealed record Finding(byte[] Input, long Execution, string What);
