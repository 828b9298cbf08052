using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>What stands left of an assignment.</summary>
internal abstract class AssignTarget
{
    public abstract void Assign(object? value, Scope scope, Rendering rendering);
}

internal sealed class NameTarget(string name) : AssignTarget
{
    public override void Assign(object? value, Scope scope, Rendering rendering) => scope.Set(name, value);
}

/// <summary>space.name, where space is a namespace.</summary>
internal sealed class NamespaceTarget(string space, string name) : AssignTarget
{
    public override void Assign(object? value, Scope scope, Rendering rendering)
    {
        if (!scope.TryGet(space, out var owner)) throw Undefined.Name(space).Fault();
        if (owner is not NamespaceValue members) throw JinjaFault.Type("cannot assign attribute on non-namespace object");
        members.Set(name, value);
    }
}

internal sealed class TupleTarget(AssignTarget[] targets) : AssignTarget
{
    public override void Assign(object? value, Scope scope, Rendering rendering)
    {
        if (!Iteration.IsIterable(value)) throw JinjaFault.Type($"cannot unpack non-iterable {TypeName.Of(value)} object");
        var values = Iteration.ToArray(value, rendering);
        if (values.Length > targets.Length) throw JinjaFault.Value($"too many values to unpack (expected {targets.Length})");
        if (values.Length < targets.Length) throw JinjaFault.Value($"not enough values to unpack (expected {targets.Length}, got {values.Length})");
        for (var i = 0; i < targets.Length; i++) targets[i].Assign(values[i], scope, rendering);
    }
}
