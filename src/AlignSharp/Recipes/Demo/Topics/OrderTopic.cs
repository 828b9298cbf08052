namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>Two members of a known sequence, to be put in order.</summary>
internal sealed class OrderTopic : DemoTopic
{
    private static readonly (string Members, string Question, string By, string[] Items)[] Sequences =
    [
        ("months", "by date", "the calendar", ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]),
        ("planets", "from the sun", "the sun", ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"]),
    ];

    public override string Name => "order";

    public override string Site => "puzzling.stackexchange.com";

    public override DemoCase Draw(Random random)
    {
        var (members, question, by, items) = DrawOne(random, Sequences);
        var (first, second) = DrawTwo(random, items);
        var swapped = Array.IndexOf(items, first) > Array.IndexOf(items, second);
        var (earlier, later) = swapped ? (second, first) : (first, second);
        return new DemoCase
        {
            Combination = $"{earlier}, {later}",
            Questions =
            [
                $"Put these {members} in order {question}: {first}, {second}.",
                $"How do I sort the {members} {first} and {second} {question}?",
                $"What is the order of {first} and {second} {question}?",
                $"I need these {members} sorted {question}: {first}, {second}.",
            ],
            Right = Sentences(by, earlier, later),
            Wrong =
            [
                .. Sentences(by, later, earlier),
                .. Sentences(by, earlier, DrawOther(random, items, earlier, later)),
            ],
            Partial = [$"Go by {by}; {first} is one of the {members}.", $"One of these {members} is {second}, as you say."],
        };
    }

    private static string[] Sentences(string by, string earlier, string later) =>
        [$"By {by} it is {earlier}, then {later}.", $"In order: first {earlier}, then {later}."];
}
