using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>The <c>loop</c> variable of a for block.</summary>
internal sealed class LoopValue(object?[] items, int depth, Func<object?, string>? recurse) : CallableValue
{
    private object?[]? _lastChanged;

    public override string TypeName => "LoopContext";

    public int Index { get; set; }

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "index" => Index + 1L,
            "index0" => (long)Index,
            "revindex" => (long)(items.Length - Index),
            "revindex0" => (long)(items.Length - Index - 1),
            "first" => Index == 0,
            "last" => Index == items.Length - 1,
            "length" => (long)items.Length,
            "depth" => depth + 1L,
            "depth0" => (long)depth,
            "previtem" => Index > 0 ? items[Index - 1] : Undefined.Hint("there is no previous item"),
            "nextitem" => Index + 1 < items.Length ? items[Index + 1] : Undefined.Hint("there is no next item"),
            "cycle" => new BoundOperation("cycle", this, Cycle),
            "changed" => new BoundOperation("changed", this, Changed),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    public override object? Call(Arguments arguments, Rendering rendering)
    {
        if (recurse is null) throw JinjaFault.Type("The loop must have the 'recursive' marker to be called recursively.");
        arguments.Expect(1, "iterable");
        return recurse(arguments.Get(0));
    }

    private object? Cycle(object? self, Arguments arguments, Rendering rendering)
    {
        var values = arguments.Positional;
        return values.Length > 0 ? values[Index % values.Length] : throw JinjaFault.Type("no items for cycling given");
    }

    private object? Changed(object? self, Arguments arguments, Rendering rendering)
    {
        var values = arguments.Positional;
        foreach (var value in values) rendering.SpendOnAll(value);
        var same = _lastChanged is { } last && last.Length == values.Length && last.Zip(values).All(pair => Comparison.AreEqual(pair.First, pair.Second));
        _lastChanged = values;
        return !same;
    }
}
