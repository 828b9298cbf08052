using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Filters that order and group; texts are compared without case unless asked otherwise.</summary>
internal static class OrderFilters
{
    public static object? Sort(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "reverse", "case_sensitive", "attribute");
        var caseSensitive = arguments.Flag(1);
        // Several attributes are separated by commas and compared one after the other.
        object?[] paths = arguments.Get(2) is string names ? names.Split(',') : [arguments.Get(2)];
        return new ListValue(StableSort.By(Iteration.ToArray(self, rendering),
            item => new ListValue([.. paths.Select(path => Key(Lookup.Path(item, path), caseSensitive, rendering))]), arguments.Flag(0), rendering));
    }

    public static object? SortDict(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "case_sensitive", "by", "reverse");
        if (self is not DictValue dict) throw self is Undefined missing ? missing.Fault() : JinjaFault.Type($"'{TypeName.Of(self)}' object has no attribute 'items'");
        var part = arguments.Get(1, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw JinjaFault.Value("You can only sort by either \"key\" or \"value\""),
        };
        rendering.Spend(dict.Count);
        return new ListValue(StableSort.By([.. dict.Pairs], pair => Key(((TupleValue)pair!)[part], arguments.Flag(0), rendering), arguments.Flag(2), rendering));
    }

    public static object? Unique(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "case_sensitive", "attribute");
        var (caseSensitive, path) = (arguments.Flag(0), arguments.Get(1));
        return new IteratorValue("generator", Iteration.Over(self, rendering)
            .DistinctBy(item => Key(Lookup.Path(item, path), caseSensitive, rendering) ?? KeyEquality.Instance, KeyEquality.Instance), self);
    }

    public static object? Least(object? self, Arguments arguments, Rendering rendering) => Extreme(self, arguments, rendering, -1);

    public static object? Greatest(object? self, Arguments arguments, Rendering rendering) => Extreme(self, arguments, rendering, 1);

    public static object? GroupBy(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "attribute", "default", "case_sensitive");
        object? Value(object? item) => Lookup.Path(item, arguments.Get(0)) is var value && value is Undefined && arguments.Has(1) ? arguments.Get(1) : value;
        object? KeyOf(object? item) => Key(Value(item), arguments.Flag(2), rendering);
        var groups = new List<List<object?>>();
        foreach (var item in StableSort.By(Iteration.ToArray(self, rendering), KeyOf, reverse: false, rendering))
        {
            if (groups.Count > 0 && Comparison.AreEqual(KeyOf(groups[^1][0]), KeyOf(item))) groups[^1].Add(item);
            else groups.Add([item]);
        }
        return new ListValue([.. groups.Select(group => new TupleValue(Value(group[0]), new ListValue([.. group])) { IsGroup = true })]);
    }

    private static object? Extreme(object? self, Arguments arguments, Rendering rendering, int sign)
    {
        arguments.Expect(0, "case_sensitive", "attribute");
        var items = Iteration.ToArray(self, rendering);
        if (items.Length == 0) return Undefined.Hint("No aggregated item, sequence was empty.");
        var best = items[0];
        foreach (var item in items)
            if (Comparison.Order(KeyOf(item), KeyOf(best)) * sign > 0) best = item;
        return best;

        object? KeyOf(object? item) => Key(Lookup.Path(item, arguments.Get(1)), arguments.Flag(0), rendering);
    }

    /// <summary>What is compared in place of a value; comparing and hashing read all of it.</summary>
    private static object? Key(object? value, bool caseSensitive, Rendering rendering)
    {
        rendering.SpendOnAll(value);
        return value is string text && !caseSensitive ? rendering.Made(CodePoints.Lower(text)) : value;
    }
}
