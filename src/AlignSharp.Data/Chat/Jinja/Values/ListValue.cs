namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Python's list.</summary>
internal sealed class ListValue(params object?[] items) : SequenceValue(items)
{
    public override SequenceValue With(object?[] items) => new ListValue(items);
}
