namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Consecutive queries that see the same kind of keys: the first <paramref name="SharedKeys"/> of their span, and of those from
/// <paramref name="OwnKeys"/> on the ones up to themselves. Keys between the two are a sibling's and are never touched.
/// </summary>
/// <param name="FirstQuery">First query, as an index into the span's keys.</param>
/// <param name="EndQuery">One behind the last.</param>
/// <param name="SharedKeys">Keys at the start of the span that all of them see.</param>
/// <param name="OwnKeys">Where the keys begin that are seen up to the query itself.</param>
internal readonly record struct AttentionStream(int FirstQuery, int EndQuery, int SharedKeys, int OwnKeys);
