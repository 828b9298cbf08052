using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Filters that pick one thing.</summary>
internal static class ElementFilters
{
    public static object? Default(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "default_value", "boolean");
        return self is Undefined || (arguments.Flag(1) && !Truth.Of(self)) ? arguments.Get(0, "") : self;
    }

    public static object? First(object? self, Arguments arguments, Rendering rendering)
    {
        foreach (var item in Iteration.Over(self, rendering)) return item;
        return Undefined.Hint("No first item, sequence was empty.");
    }

    public static object? Last(object? self, Arguments arguments, Rendering rendering)
    {
        if (self is IteratorValue) throw JinjaFault.Type($"'{TypeName.Of(self)}' object is not reversible");
        var items = Iteration.ToArray(self, rendering);
        return items.Length > 0 ? items[^1] : Undefined.Hint("No last item, sequence was empty.");
    }

    public static object? Items(object? self, Arguments arguments, Rendering rendering) => self switch
    {
        DictValue dict => new IteratorValue("generator", dict.Pairs),
        Undefined => new IteratorValue("generator", []),
        _ => throw JinjaFault.Type("Can only get item pairs from a mapping."),
    };

    public static object? Attribute(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "name");
        var name = arguments.Text(0);
        // Unlike a dot this filter never looks at the elements of a dictionary.
        return self is DictValue && !Methods.TryGet(self, name, out _) ? Undefined.Attribute(self, name) : Lookup.Attribute(self, name);
    }
}
