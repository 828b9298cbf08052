using System.Collections.Frozen;
using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>The tests of <c>is</c>, by name.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, Operation> All = new Dictionary<string, Operation>
    {
        ["defined"] = Of(value => value is not Undefined),
        ["undefined"] = Of(value => value is Undefined),
        ["none"] = Of(value => value is null),
        ["boolean"] = Of(value => value is bool),
        ["true"] = Of(value => value is true),
        ["false"] = Of(value => value is false),
        ["integer"] = Of(value => value is long or BigInteger),
        ["float"] = Of(value => value is double),
        ["number"] = Of(Numbers.IsNumber),
        ["string"] = Of(value => value is string),
        ["mapping"] = Of(value => value is DictValue),
        ["sequence"] = Of(value => value is string or SequenceValue or DictValue or RangeValue or Undefined),
        ["iterable"] = Of(Iteration.IsIterable),
        ["callable"] = Of(value => value is CallableValue),
        ["escaped"] = Of(_ => false),
        ["lower"] = Of(value => StringMethods.IsLower(PythonText.Str(value))),
        ["upper"] = Of(value => StringMethods.IsUpper(PythonText.Str(value))),
        ["odd"] = (value, _, rendering) => Comparison.AreEqual(Arithmetic.Apply("%", value, 2L, rendering), 1L),
        ["even"] = (value, _, rendering) => Comparison.AreEqual(Arithmetic.Apply("%", value, 2L, rendering), 0L),
        ["divisibleby"] = (value, arguments, rendering) => Comparison.AreEqual(Arithmetic.Apply("%", value, Other(arguments), rendering), 0L),
        ["sameas"] = (value, arguments, _) => IsSame(value, Other(arguments)),
        ["filter"] = (value, _, _) => value is string name && Filters.Exists(name),
        ["test"] = (value, _, _) => value is string name && Exists(name),
        ["in"] = Compare("in"),
        ["=="] = Compare("=="),
        ["eq"] = Compare("=="),
        ["equalto"] = Compare("=="),
        ["!="] = Compare("!="),
        ["ne"] = Compare("!="),
        [">"] = Compare(">"),
        ["gt"] = Compare(">"),
        ["greaterthan"] = Compare(">"),
        [">="] = Compare(">="),
        ["ge"] = Compare(">="),
        ["<"] = Compare("<"),
        ["lt"] = Compare("<"),
        ["lessthan"] = Compare("<"),
        ["<="] = Compare("<="),
        ["le"] = Compare("<="),
    }.ToFrozenDictionary();

    private static readonly object True = true;
    private static readonly object False = false;

    public static bool Exists(string name) => All.ContainsKey(name);

    public static Operation Get(string name) => All.TryGetValue(name, out var test) ? test : throw Unknown(name, line: 0);

    public static JinjaFault Unknown(string name, int line) => JinjaFault.Syntax($"there is no test named '{name}'", line);

    private static Operation Of(Func<object?, bool> test) => (value, _, _) => test(value) ? True : False;

    private static Operation Compare(string sign) => (value, arguments, rendering) => Comparison.Apply(sign, value, Other(arguments), rendering) ? True : False;

    private static object? Other(Arguments arguments)
        => arguments.Positional.Length == 1 ? arguments.Positional[0] : throw JinjaFault.Type($"the test {arguments.Callee} takes one argument ({arguments.Positional.Length} given)");

    private static bool IsSame(object? left, object? right)
        => ReferenceEquals(left, right) || (left is bool or long && left.Equals(right)) || (left is string a && right is string b && a == b);
}
