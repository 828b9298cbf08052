namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>How two words are written as one identifier: formatting over a closed vocabulary.</summary>
internal sealed class NamesTopic : DemoTopic
{
    private static readonly string[] Styles = ["snake_case", "kebab-case", "dot.case"];

    private static readonly string[] FirstWords = ["user", "order", "price", "file", "page", "last", "first", "new"];

    private static readonly string[] SecondWords = ["name", "count", "list", "size", "date", "index", "value", "key"];

    public override string Name => "names";

    public override string Site => "softwareengineering.stackexchange.com";

    public override DemoCase Draw(Random random)
    {
        var style = DrawOne(random, Styles);
        var first = DrawOne(random, FirstWords);
        var second = DrawOne(random, SecondWords);
        var right = Join(style, first, second);
        return new DemoCase
        {
            Combination = $"{first} {second} {style}",
            Questions =
            [
                $"How do I write {first} {second} in {style}?",
                $"What is {first} {second} in {style}?",
                $"My variable holds the {first} {second}. What is its name in {style}?",
                $"We use {style} here. How do we spell {first} {second}?",
            ],
            Right = Sentences(style, right),
            Wrong =
            [
                .. Sentences(style, Join(Confused(Styles, style), first, second)),
                .. Sentences(style, Join(style, first, Confused(SecondWords, second))),
            ],
            Partial = [$"It begins with {first}, and so on.", $"In {style} it starts with {first}."],
        };
    }

    private static string Join(string style, string first, string second) => style switch
    {
        "snake_case" => $"{first}_{second}",
        "kebab-case" => $"{first}-{second}",
        _ => $"{first}.{second}",
    };

    private static string[] Sentences(string style, string name) => [$"In {style} that is `{name}`.", $"Write it as `{name}` in {style}."];
}
