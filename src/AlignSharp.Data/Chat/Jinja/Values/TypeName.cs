using System.Numerics;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Names of types as Python's messages give them.</summary>
internal static class TypeName
{
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        ListValue => "list",
        TupleValue => "tuple",
        DictValue => "dict",
        RangeValue => "range",
        ViewValue view => view.TypeName,
        IteratorValue iterator => iterator.TypeName,
        NamespaceValue => "Namespace",
        Undefined => "Undefined",
        LoopValue => "LoopContext",
        CallableValue callable => callable.TypeName,
        _ => value.GetType().Name,
    };

    /// <summary>As Jinja names a value whose member is missing.</summary>
    public static string Describe(object? value) => value is null ? "None" : Of(value) + " object";
}
