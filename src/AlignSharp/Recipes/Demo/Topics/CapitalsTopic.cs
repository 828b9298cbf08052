namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>The capitals of two countries.</summary>
internal sealed class CapitalsTopic : PairLookupTopic
{
    public override string Name => "capitals";

    public override string Site => "travel.stackexchange.com";

    protected override IReadOnlyList<(string Key, string Value, string Mistake)> Table { get; } =
    [
        ("France", "Paris", "Lyon"), ("Italy", "Rome", "Milan"), ("Spain", "Madrid", "Barcelona"), ("Portugal", "Lisbon", "Porto"),
        ("Norway", "Oslo", "Bergen"), ("Ireland", "Dublin", "Cork"), ("Turkey", "Ankara", "Istanbul"), ("Egypt", "Cairo", "Giza"),
        ("Kenya", "Nairobi", "Mombasa"), ("Japan", "Tokyo", "Osaka"), ("China", "Beijing", "Shanghai"),
        ("Australia", "Canberra", "Sydney"), ("Canada", "Ottawa", "Toronto"), ("Peru", "Lima", "Cusco"),
    ];

    protected override string[] Questions(string first, string second) =>
    [
        $"What are the capitals of {first} and {second}?",
        $"I travel to {first} and {second}. Which cities are the capitals?",
        $"Which city is the capital of {first}, and which of {second}?",
        $"Can someone tell me the capitals of {first} and {second}?",
    ];

    protected override string[] Sentences((string Key, string Value) first, (string Key, string Value) second) =>
    [
        $"It is {first.Value} for {first.Key} and {second.Value} for {second.Key}.",
        $"The capitals are {first.Value} and {second.Value}, in that order.",
    ];

    protected override string[] Partial((string Key, string Value) stated, string omitted) =>
    [
        $"It is {stated.Value} for {stated.Key}; I forgot {omitted}.",
        $"One of the capitals is {stated.Value}.",
    ];
}
