namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>The plurals of two nouns, regular and irregular.</summary>
internal sealed class PluralsTopic : PairLookupTopic
{
    public override string Name => "plurals";

    public override string Site => "ell.stackexchange.com";

    protected override IReadOnlyList<(string Key, string Value, string Mistake)> Table { get; } =
    [
        ("mouse", "mice", "mouses"), ("goose", "geese", "gooses"), ("foot", "feet", "foots"), ("tooth", "teeth", "tooths"),
        ("child", "children", "childs"), ("man", "men", "mans"), ("woman", "women", "womans"),
        ("leaf", "leaves", "leafs"), ("wolf", "wolves", "wolfs"), ("knife", "knives", "knifes"), ("box", "boxes", "boxs"),
        ("city", "cities", "citys"), ("baby", "babies", "babys"), ("sheep", "sheep", "sheeps"),
    ];

    protected override string[] Questions(string first, string second) =>
    [
        $"What is the plural of {first}, and of {second}?",
        $"How do I write {first} and {second} in the plural?",
        $"Which plural forms do {first} and {second} have?",
        $"One {first}, one {second}. And if there are two of each?",
    ];

    protected override string[] Sentences((string Key, string Value) first, (string Key, string Value) second) =>
    [
        $"The plural forms are {first.Value} and {second.Value}.",
        $"One writes two {first.Value} and two {second.Value}.",
    ];

    protected override string[] Partial((string Key, string Value) stated, string omitted) =>
    [
        $"It is two {stated.Value}; no idea about {omitted}.",
        $"The plural of {stated.Key} is {stated.Value}; that one I know.",
    ];
}
