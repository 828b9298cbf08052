using AlignSharp.Data.Chat.Jinja.Builtins;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Members of values: <c>a.b</c>, <c>a[b]</c> and <c>a[b:c]</c>. There is no reflection: what is not in a table does not exist.</summary>
internal static class Lookup
{
    /// <summary><c>owner.name</c>: a method first, then an element of that name, as in Jinja.</summary>
    public static object? Attribute(object? owner, string name)
    {
        if (owner is Undefined missing) throw missing.Fault();
        if (TryMember(owner, name, out var member)) return member;
        if (owner is DictValue dict && !IsForbidden(owner, name) && dict.TryGet(name, out var value)) return value;
        return IsForbidden(owner, name) ? Undefined.Unsafe(owner, name) : Undefined.Attribute(owner, name);
    }

    /// <summary><c>owner[key]</c>: an element first, then a method of that name.</summary>
    public static object? Item(object? owner, object? key)
    {
        if (owner is Undefined missing) throw missing.Fault();
        if (owner is DictValue dict)
        {
            if (key is not (ListValue or DictValue) && dict.TryGet(key, out var value)) return value;
        }
        else if (Numbers.IsInteger(key) && TryElement(owner, Numbers.ToInt64(key), out var element)) return element;
        if (key is not string name) return Undefined.Element(owner, key);
        if (TryMember(owner, name, out var member)) return member;
        return IsForbidden(owner, name) ? Undefined.Unsafe(owner, name) : Undefined.Element(owner, name);
    }

    /// <summary><c>owner[start:stop:step]</c>; null where a part is absent.</summary>
    public static object? Slice(object? owner, object? start, object? stop, object? step, Rendering rendering)
    {
        if (owner is Undefined missing) throw missing.Fault();
        var isSliceable = owner is (string or SequenceValue or RangeValue) && IsIndex(start) && IsIndex(stop) && IsIndex(step);
        if (!isSliceable) return Undefined.Hint($"'{TypeName.Describe(owner)}' has no such slice");
        var length = Iteration.Length(owner)!.Value;
        var stride = step is null ? 1 : Numbers.ToInt64(step);
        if (stride == 0) throw JinjaFault.Value("slice step cannot be zero");
        // A longer stride picks the first element too and no other.
        stride = Math.Clamp(stride, -length - 1, length + 1);
        var first = start is null ? (stride > 0 ? 0 : length - 1) : Clip(Numbers.ToInt64(start), length, stride);
        var end = stop is null ? (stride > 0 ? length : -1) : Clip(Numbers.ToInt64(stop), length, stride);
        if (owner is RangeValue range) return SliceOf(range, first, end, stride);
        if (stride == 1)
        {
            var (from, to) = ((int)first, (int)Math.Max(first, end));
            rendering.Spend((to - from) / (owner is string ? 16 : 1));
            return owner is SequenceValue items ? items.With(items.Items[from..to].ToArray()) : Section((string)owner!, from, to);
        }
        rendering.Spend(length);
        var picked = new List<int>();
        for (var i = first; stride > 0 ? i < end : i > end; i += stride) picked.Add((int)i);
        if (owner is SequenceValue sequence) return sequence.With([.. picked.Select(i => sequence[i])]);
        var points = CodePoints.Split((string)owner!);
        return string.Concat(picked.Select(i => points[i]));
    }

    /// <summary>The value at a path such as <c>function.name</c> or <c>0.id</c>, as filters name attributes.</summary>
    public static object? Path(object? owner, object? path)
    {
        if (path is null) return owner;
        if (path is not string text) return Item(owner, path);
        foreach (var part in text.Split('.'))
            owner = Item(owner, part.Length > 0 && part.All(char.IsAsciiDigit) ? Numbers.ParseInteger(part) : part);
        return owner;
    }

    /// <summary>Where the step would not fit, there is one element at most and so no step to take.</summary>
    private static RangeValue SliceOf(RangeValue range, long first, long end, long stride)
    {
        var step = (Int128)range.Step * stride;
        Int128 At(long index) => range.Start + (Int128)index * range.Step;
        static long Fit(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
        return new RangeValue(Fit(At(first)), Fit(At(end)), Fit(step));
    }

    private static string Section(string text, int start, int end)
    {
        var from = CodePoints.IndexOf(text, start);
        return text[from..(from + CodePoints.IndexOf(text[from..], end - start))];
    }

    private static bool TryElement(object? owner, long index, out object? element)
    {
        element = null;
        if (owner is not (string or SequenceValue or RangeValue)) return false;
        var length = Iteration.Length(owner)!.Value;
        if (index < 0) index += length;
        if (index < 0 || index >= length) return false;
        element = owner switch
        {
            SequenceValue sequence => sequence[(int)index],
            RangeValue range => range[index],
            _ => Section((string)owner, (int)index, (int)index + 1),
        };
        return true;
    }

    private static bool TryMember(object? owner, string name, out object? member)
    {
        switch (owner)
        {
            case NamespaceValue space when space.TryGet(name, out member): return true;
            case LoopValue loop when loop.TryGet(name, out member): return true;
            case MacroValue macro when macro.TryGet(name, out member): return true;
            case TupleValue { IsGroup: true } group when name is "grouper" or "list":
                member = group[name == "list" ? 1 : 0];
                return true;
        }
        var found = Methods.TryGet(owner, name, out var method);
        member = found ? new BoundOperation(name, owner, method!) : null;
        return found;
    }

    /// <summary>Python's own attributes, and methods that would change a value.</summary>
    private static bool IsForbidden(object? owner, string name) => name.StartsWith("__", StringComparison.Ordinal) || owner switch
    {
        ListValue => name is "append" or "extend" or "insert" or "remove" or "pop" or "clear" or "sort" or "reverse",
        DictValue => name is "clear" or "pop" or "popitem" or "setdefault" or "update" or "fromkeys",
        _ => false,
    };

    private static bool IsIndex(object? value) => value is null || Numbers.IsInteger(value);

    private static long Clip(long index, long length, long stride)
    {
        if (index < 0) index += length;
        return stride > 0 ? Math.Clamp(index, 0, length) : Math.Clamp(index, -1, length - 1);
    }
}
