namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>What a missing name or member gives: prints as nothing, is false and empty, and faults when anything else is done with it.</summary>
internal sealed class Undefined
{
    private readonly Func<JinjaFault> _fault;

    private Undefined(Func<JinjaFault> fault) => _fault = fault;

    public static Undefined Name(string name) => new(() => JinjaFault.Undefined($"'{name}' is undefined"));

    public static Undefined Hint(string message) => new(() => JinjaFault.Undefined(message));

    public static Undefined Attribute(object? owner, string name)
        => new(() => JinjaFault.Undefined($"'{TypeName.Describe(owner)}' has no attribute {PythonText.Repr(name)}"));

    public static Undefined Element(object? owner, object? key)
        => new(() => JinjaFault.Undefined(key is string name
            ? $"'{TypeName.Describe(owner)}' has no attribute {PythonText.Repr(name)}"
            : $"{TypeName.Describe(owner)} has no element {PythonText.Repr(key)}"));

    /// <summary>A member that the sandbox forbids.</summary>
    public static Undefined Unsafe(object? owner, string name)
        => new(() => JinjaFault.Security($"access to attribute '{name}' of '{TypeName.Of(owner)}' object is unsafe."));

    /// <summary>The fault of using this value.</summary>
    public JinjaFault Fault() => _fault();
}
