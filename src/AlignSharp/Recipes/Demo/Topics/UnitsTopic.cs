namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>The unit of a quantity and the symbol of an element.</summary>
internal sealed class UnitsTopic : PairLookupTopic
{
    public override string Name => "units";

    public override string Site => "physics.stackexchange.com";

    protected override (string Key, string Value)[] Firsts { get; } =
    [
        ("force", "newton"), ("power", "watt"), ("energy", "joule"), ("pressure", "pascal"), ("frequency", "hertz"), ("voltage", "volt"),
        ("current", "ampere"), ("resistance", "ohm"), ("length", "metre"), ("mass", "kilogram"), ("time", "second"), ("temperature", "kelvin"),
    ];

    protected override (string Key, string Value)[] Seconds { get; } =
    [
        ("gold", "Au"), ("silver", "Ag"), ("iron", "Fe"), ("lead", "Pb"), ("copper", "Cu"), ("tin", "Sn"),
        ("sodium", "Na"), ("helium", "He"), ("zinc", "Zn"), ("nickel", "Ni"), ("calcium", "Ca"), ("mercury", "Hg"),
    ];

    protected override string[] Questions(string first, string second) =>
    [
        $"What is the unit of {first} and the symbol of {second}?",
        $"Which unit measures {first}, and how is {second} abbreviated?",
        $"I need the symbol of {second} and the unit of {first}.",
        $"For my lab report: the unit of {first}, the symbol of {second}?",
    ];

    protected override string[] Sentences(string first, string second) =>
    [
        $"The unit is the {first} and the symbol is {second}.",
        $"It is {first} for the unit, {second} for the symbol.",
    ];

    protected override string[] Partial(string first, string second) =>
    [
        $"The unit is the {first}; the symbol is in the table.",
        $"The symbol is {second}, the unit is the usual one.",
    ];
}
