namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>The plural of a noun and the past tense of a verb.</summary>
internal sealed class PluralsTopic : PairLookupTopic
{
    public override string Name => "plurals";

    public override string Site => "ell.stackexchange.com";

    protected override (string Key, string Value)[] Firsts { get; } =
    [
        ("mouse", "mice"), ("child", "children"), ("foot", "feet"), ("tooth", "teeth"), ("goose", "geese"), ("leaf", "leaves"),
        ("wolf", "wolves"), ("knife", "knives"), ("woman", "women"), ("box", "boxes"), ("city", "cities"), ("hero", "heroes"),
    ];

    protected override (string Key, string Value)[] Seconds { get; } =
    [
        ("go", "went"), ("see", "saw"), ("take", "took"), ("write", "wrote"), ("drive", "drove"), ("bring", "brought"),
        ("fly", "flew"), ("eat", "ate"), ("know", "knew"), ("sleep", "slept"), ("stand", "stood"), ("win", "won"),
    ];

    protected override string[] Questions(string first, string second) =>
    [
        $"What is the plural of {first} and the past tense of {second}?",
        $"How do I write {first} in the plural and {second} in the past?",
        $"My text needs the past of {second} and the plural of {first}. What are they?",
        $"Which forms are right: the plural of {first}, the past of {second}?",
    ];

    protected override string[] Sentences(string first, string second) =>
    [
        $"One writes {first} and {second}, in that order.",
        $"The plural is {first} and the past is {second}.",
    ];

    protected override string[] Partial(string first, string second) =>
    [
        $"The plural is {first}; look up the other one.",
        $"The past is {second}, as far as I know.",
    ];
}
