using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>map, select, reject and their siblings for attributes: iterators, which work when somebody asks for an element.</summary>
internal static class SelectionFilters
{
    public static object? Map(object? self, Arguments arguments, Rendering rendering)
    {
        var change = arguments.Positional.Length == 0 ? ByAttribute(arguments) : ByFilter(arguments, rendering);
        return Generator(Iteration.Over(self, rendering).Select(change), self);
    }

    public static object? Select(object? self, Arguments arguments, Rendering rendering) => Pick(self, arguments, rendering, wanted: true, byAttribute: false);

    public static object? Reject(object? self, Arguments arguments, Rendering rendering) => Pick(self, arguments, rendering, wanted: false, byAttribute: false);

    public static object? SelectAttribute(object? self, Arguments arguments, Rendering rendering) => Pick(self, arguments, rendering, wanted: true, byAttribute: true);

    public static object? RejectAttribute(object? self, Arguments arguments, Rendering rendering) => Pick(self, arguments, rendering, wanted: false, byAttribute: true);

    private static IteratorValue Pick(object? self, Arguments arguments, Rendering rendering, bool wanted, bool byAttribute)
    {
        if (byAttribute && arguments.Positional.Length == 0) throw JinjaFault.Type("Missing parameter for attribute name");
        var path = byAttribute ? arguments.Positional[0] : null;
        var rest = arguments.Skip(byAttribute ? 1 : 0, arguments.Callee);
        Func<object?, bool> test = Truth.Of;
        if (rest.Positional.Length > 0)
        {
            var name = rest.Positional[0] as string ?? throw JinjaFault.Type($"{arguments.Callee} needs the name of a test");
            var operation = Tests.Get(name);
            var testArguments = rest.Skip(1, name);
            test = value =>
            {
                rendering.SpendOn(value);
                return Truth.Of(operation(value, testArguments, rendering));
            };
        }
        return Generator(Iteration.Over(self, rendering).Where(item => test(byAttribute ? Lookup.Path(item, path) : item) == wanted), self);
    }

    private static Func<object?, object?> ByFilter(Arguments arguments, Rendering rendering)
    {
        var name = arguments.Positional[0] as string ?? throw JinjaFault.Type("map requires a filter argument");
        var filter = Filters.Get(name);
        var rest = arguments.Skip(1, name);
        return item =>
        {
            rendering.SpendOn(item);
            return filter(item, rest, rendering);
        };
    }

    private static Func<object?, object?> ByAttribute(Arguments arguments)
    {
        object? path = null, absent = null;
        foreach (var (name, value) in arguments.Named)
        {
            if (name == "attribute") path = value;
            else if (name == "default") absent = value;
            else throw JinjaFault.Type($"Unexpected keyword argument '{name}'");
        }
        if (path is null) throw JinjaFault.Type("map requires a filter argument");
        return item => Lookup.Path(item, path) is var value && value is Undefined && absent is not null ? absent : value;
    }

    private static IteratorValue Generator(IEnumerable<object?> items, object? source) => new("generator", items, source);
}
