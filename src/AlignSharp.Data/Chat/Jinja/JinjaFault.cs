namespace AlignSharp.Data.Chat.Jinja;

/// <summary>What stopped a template; its message is Python's or Jinja's own wording where they have one.</summary>
internal sealed class JinjaFault(JinjaFaultKind kind, string message) : Exception(message)
{
    public JinjaFaultKind Kind { get; } = kind;

    /// <summary>Line of the template, counted from 1; 0 until somebody who knows it sets it.</summary>
    public int Line { get; set; }

    public static JinjaFault Type(string message) => new(JinjaFaultKind.Type, message);

    public static JinjaFault Value(string message) => new(JinjaFaultKind.Value, message);

    public static JinjaFault Undefined(string message) => new(JinjaFaultKind.Undefined, message);

    public static JinjaFault Security(string message) => new(JinjaFaultKind.Security, message);

    public static JinjaFault Limit(string message) => new(JinjaFaultKind.Limit, message);

    public static JinjaFault Syntax(string message, int line) => new(JinjaFaultKind.Syntax, message) { Line = line };
}
