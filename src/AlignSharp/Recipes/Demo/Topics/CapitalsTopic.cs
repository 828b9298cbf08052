namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>The capital of one country and the currency of another.</summary>
internal sealed class CapitalsTopic : PairLookupTopic
{
    public override string Name => "capitals";

    public override string Site => "travel.stackexchange.com";

    protected override (string Key, string Value)[] Firsts { get; } =
    [
        ("France", "Paris"), ("Italy", "Rome"), ("Spain", "Madrid"), ("Portugal", "Lisbon"), ("Norway", "Oslo"), ("Ireland", "Dublin"),
        ("Egypt", "Cairo"), ("Kenya", "Nairobi"), ("Australia", "Canberra"), ("Canada", "Ottawa"), ("Cuba", "Havana"), ("Greece", "Athens"),
    ];

    protected override (string Key, string Value)[] Seconds { get; } =
    [
        ("Japan", "yen"), ("China", "yuan"), ("India", "rupee"), ("Mexico", "peso"), ("Brazil", "real"), ("Turkey", "lira"),
        ("Poland", "zloty"), ("Israel", "shekel"), ("Thailand", "baht"), ("Korea", "won"), ("Denmark", "krone"), ("Peru", "sol"),
    ];

    protected override string[] Questions(string first, string second) =>
    [
        $"What is the capital of {first}, and what do they pay with in {second}?",
        $"I travel to {first} and {second}. Which capital do I see, and which currency do I need?",
        $"Name the capital of {first} and the currency of {second}.",
        $"Which currency does {second} have, and which capital has {first}?",
    ];

    protected override string[] Sentences(string first, string second) =>
    [
        $"The capital is {first} and the currency is the {second}.",
        $"You will see {first}, and you will pay in {second}.",
    ];

    protected override string[] Partial(string first, string second) =>
    [
        $"The capital is {first}, but I forgot the currency.",
        $"You will pay in {second}, that much I know.",
    ];
}
