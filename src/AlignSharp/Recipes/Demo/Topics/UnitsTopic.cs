namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>The SI units of two quantities.</summary>
internal sealed class UnitsTopic : PairLookupTopic
{
    public override string Name => "units";

    public override string Site => "physics.stackexchange.com";

    protected override IReadOnlyList<(string Key, string Value, string Mistake)> Table { get; } =
    [
        ("force", "newton", "pound"), ("energy", "joule", "calorie"), ("power", "watt", "horsepower"), ("pressure", "pascal", "bar"),
        ("voltage", "volt", "ohm"), ("current", "ampere", "volt"), ("resistance", "ohm", "ampere"), ("charge", "coulomb", "ampere"),
        ("frequency", "hertz", "second"), ("length", "metre", "foot"),
        ("mass", "kilogram", "newton"), ("time", "second", "hour"), ("temperature", "kelvin", "degree"),
    ];

    protected override string[] Questions(string first, string second) =>
    [
        $"What are the SI units of {first} and {second}?",
        $"In which SI units are {first} and {second} measured?",
        $"Name the SI unit of {first} and that of {second}, please.",
        $"Which units do I use for {first} and {second}?",
    ];

    protected override string[] Sentences((string Key, string Value) first, (string Key, string Value) second) =>
    [
        $"The {first.Value} for {first.Key}, the {second.Value} for {second.Key}.",
        $"The units are {first.Value} and {second.Value}, in that order.",
    ];

    protected override string[] Partial((string Key, string Value) stated, string omitted) =>
    [
        $"The {stated.Value} for {stated.Key}; look up {omitted}.",
        $"The unit of {stated.Key} is the {stated.Value}.",
    ];
}
