using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Functions that every template can call.</summary>
internal static class Globals
{
    /// <summary>The scope below all others.</summary>
    public static Scope Scope()
    {
        var scope = new Scope(null);
        Add(scope, "range", Range);
        Add(scope, "dict", Dict);
        Add(scope, "namespace", Namespace);
        Add(scope, "raise_exception", RaiseException);
        Add(scope, "strftime_now", TimeNow);
        return scope;
    }

    private static void Add(Scope scope, string name, Operation operation) => scope.Set(name, new BoundOperation(name, null, operation));

    private static object? Range(object? self, Arguments arguments, Rendering rendering)
    {
        if (arguments.Named.Length > 0) throw JinjaFault.Type("range() takes no keyword arguments");
        if (arguments.Positional.Length is 0 or > 3) throw JinjaFault.Type($"range expected 1 to 3 arguments, got {arguments.Positional.Length}");
        var numbers = arguments.Positional.Select(Numbers.ToInt64).ToArray();
        var step = numbers.Length == 3 ? numbers[2] : 1;
        if (step == 0) throw JinjaFault.Value("range() arg 3 must not be zero");
        var range = new RangeValue(numbers.Length == 1 ? 0 : numbers[0], numbers.Length == 1 ? numbers[0] : numbers[1], step);
        rendering.CheckCount(range.Count);
        return range;
    }

    private static object? Dict(object? self, Arguments arguments, Rendering rendering)
    {
        if (arguments.Positional.Length > 1) throw JinjaFault.Type($"dict expected at most 1 argument, got {arguments.Positional.Length}");
        var given = arguments.Positional.Length == 0 ? [] : Members(arguments.Positional[0], rendering);
        return new DictValue(given.Concat(arguments.Named.Select(pair => KeyValuePair.Create<object?, object?>(pair.Key, pair.Value))));
    }

    private static IEnumerable<KeyValuePair<object?, object?>> Members(object? value, Rendering rendering) => value is DictValue dict
        ? dict.Members
        : Iteration.ToArray(value, rendering).Select(pair => pair is SequenceValue { Count: 2 } two
            ? KeyValuePair.Create(Key(two[0], rendering), two[1])
            : throw JinjaFault.Type("cannot convert dictionary update sequence element to a sequence of two"));

    private static object? Key(object? key, Rendering rendering)
    {
        rendering.SpendOnAll(key);
        return key;
    }

    private static object? Namespace(object? self, Arguments arguments, Rendering rendering)
    {
        var space = new NamespaceValue();
        foreach (var (key, value) in ((DictValue)Dict(self, arguments, rendering)!).Members) space.Set(rendering.Print(key), value);
        return space;
    }

    private static object? RaiseException(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "message");
        throw new JinjaFault(JinjaFaultKind.Raised, rendering.Print(arguments.Get(0)));
    }

    private static object? TimeNow(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "format");
        return rendering.Made(TimeFormat.Apply(arguments.Text(0), rendering.Clock.GetLocalNow(), rendering));
    }
}
