namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Order of values for sorting, as Python's <c>&lt;</c> has it.</summary>
internal sealed class ValueOrder : IComparer<object?>
{
    public static readonly ValueOrder Instance = new();

    public int Compare(object? left, object? right) => Comparison.AreEqual(left, right) ? 0 : Comparison.Order(left, right) ?? 0;
}
