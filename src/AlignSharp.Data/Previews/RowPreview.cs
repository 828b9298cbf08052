using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Previews;

/// <summary>A row as it will be trained.</summary>
/// <param name="Source">Where it stands.</param>
/// <param name="Parts">Its parts in order.</param>
/// <param name="Remarks">What the reader should know: dropped, cut, split apart.</param>
public sealed record RowPreview(RowPosition Source, IReadOnlyList<PreviewPart> Parts, IReadOnlyList<string> Remarks);
