namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Python's tuple; the groups of the groupby filter also have names for their two parts.</summary>
internal sealed class TupleValue(params object?[] items) : SequenceValue(items)
{
    public bool IsGroup { get; init; }

    public override SequenceValue With(object?[] items) => new TupleValue(items);
}
