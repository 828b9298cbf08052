using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Filters over all elements of a value.</summary>
internal static class SequenceFilters
{
    public static object? Length(object? self, Arguments arguments, Rendering rendering)
        => Iteration.Length(self) ?? throw JinjaFault.Type($"object of type '{TypeName.Of(self)}' has no len()");

    public static object? List(object? self, Arguments arguments, Rendering rendering) => new ListValue(Iteration.ToArray(self, rendering));

    public static object? Join(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "d", "attribute");
        var parts = new List<string>();
        long length = 0;
        foreach (var item in Iteration.Over(self, rendering))
        {
            var part = rendering.Print(Lookup.Path(item, arguments.Get(1)));
            rendering.CheckLength(length += part.Length);
            parts.Add(part);
        }
        var separator = rendering.Print(arguments.Get(0, ""));
        rendering.CheckLength(length + (long)separator.Length * parts.Count);
        return rendering.Made(string.Join(separator, parts));
    }

    public static object? Reverse(object? self, Arguments arguments, Rendering rendering)
    {
        if (self is string text)
        {
            return rendering.Made(CodePoints.Reverse(text));
        }
        var items = Iteration.ToArray(self, rendering);
        Array.Reverse(items);
        return self is IteratorValue ? new ListValue(items) : new IteratorValue($"{TypeName.Of(self)}_reverseiterator", items);
    }

    public static object? Batch(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "linecount", "fill_with");
        var size = arguments.Integer(0);
        if (size < 1) throw JinjaFault.Value("batch needs a line count of at least 1");
        rendering.CheckCount(size);
        var fill = arguments.Get(1);
        return new IteratorValue("generator", Iteration.ToArray(self, rendering).Chunk(size).Select(items =>
            (object?)new ListValue(fill is null ? items : [.. items, .. Enumerable.Repeat(fill, size - items.Length)])));
    }

    public static object? Slice(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "slices", "fill_with");
        var slices = arguments.Integer(0);
        if (slices < 1) throw JinjaFault.Value("slice needs at least 1 slice");
        rendering.CheckCount(slices);
        var items = Iteration.ToArray(self, rendering);
        var (size, extra) = Math.DivRem(items.Length, slices);
        var parts = new List<object?>();
        for (int i = 0, start = 0; i < slices; i++)
        {
            var end = start + size + (i < extra ? 1 : 0);
            var fill = arguments.Get(1) is { } value && i >= extra ? [value] : Array.Empty<object?>();
            parts.Add(new ListValue([.. items[start..end], .. fill]));
            start = end;
        }
        return new IteratorValue("generator", parts);
    }
}
