namespace AlignSharp.Tensors.Kernels;

/// <summary>Keys that lie one after the other, and the queries that see some of them.</summary>
/// <param name="Query">Row of the query that belongs to key 0; rows of queries and keys then run in step.</param>
/// <param name="Key">Elements from the start of the keys (and values) to key 0 of head 0.</param>
/// <param name="Keys">Number of keys.</param>
/// <param name="Streams">Its queries.</param>
internal sealed record AttentionSpan(int Query, nint Key, int Keys, AttentionStream[] Streams);
