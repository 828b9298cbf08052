using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>The methods of values, by the value's type and the method's name.</summary>
internal static class Methods
{
    public static bool TryGet(object? owner, string name, out Operation? method)
    {
        var methods = owner switch
        {
            string => StringMethods.All,
            DictValue => ContainerMethods.OfDicts,
            SequenceValue => ContainerMethods.OfSequences,
            double => ContainerMethods.OfFloats,
            _ => null,
        };
        method = null;
        return methods is not null && methods.TryGetValue(name, out method);
    }
}
