using System.Collections.Frozen;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Methods of dictionaries, lists, tuples and floats; none changes its object.</summary>
internal static class ContainerMethods
{
    public static readonly FrozenDictionary<string, Operation> OfDicts = new Dictionary<string, Operation>
    {
        ["get"] = Get,
        ["items"] = (self, _, _) => new ViewValue("dict_items", ((DictValue)self!).Count, ((DictValue)self).Pairs),
        ["keys"] = (self, _, _) => new ViewValue("dict_keys", ((DictValue)self!).Count, ((DictValue)self).Keys),
        ["values"] = (self, _, _) => new ViewValue("dict_values", ((DictValue)self!).Count, ((DictValue)self).Values),
        ["copy"] = (self, _, _) => self,
    }.ToFrozenDictionary();

    public static readonly FrozenDictionary<string, Operation> OfSequences = new Dictionary<string, Operation>
    {
        ["index"] = Index,
        ["count"] = Count,
        ["copy"] = (self, _, _) => self,
    }.ToFrozenDictionary();

    public static readonly FrozenDictionary<string, Operation> OfFloats = new Dictionary<string, Operation>
    {
        ["is_integer"] = (self, _, _) => double.IsInteger((double)self!),
    }.ToFrozenDictionary();

    public static object? Get(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "key", "default");
        rendering.SpendOnAll(arguments.Get(0));
        return ((DictValue)self!).TryGet(arguments.Get(0), out var value) ? value : arguments.Get(1);
    }

    public static object? Index(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "value");
        var items = Iteration.ToArray(self, rendering);
        var at = Array.FindIndex(items, item => IsSame(item, arguments.Get(0), rendering));
        return at >= 0 ? (object)(long)at : throw JinjaFault.Value($"{PythonText.Repr(arguments.Get(0))} is not in list");
    }

    public static object? Count(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "value");
        return Iteration.ToArray(self, rendering).LongCount(item => IsSame(item, arguments.Get(0), rendering));
    }

    private static bool IsSame(object? item, object? wanted, Rendering rendering)
    {
        if (item is ContainerValue && wanted is ContainerValue) rendering.SpendOnAll(item);
        return Comparison.AreEqual(item, wanted);
    }
}
