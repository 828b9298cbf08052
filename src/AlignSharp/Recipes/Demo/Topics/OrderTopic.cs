namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>Three members of a known sequence, to be put in order.</summary>
internal sealed class OrderTopic : DemoTopic
{
    private static readonly (string Members, string Question, string By, string[] Items)[] _sequences =
    [
        ("months", "by date", "the calendar", ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]),
        ("planets", "from the sun", "the sun", ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"]),
    ];

    public override string Name => "order";

    public override string Site => "puzzling.stackexchange.com";

    public override DemoCase Draw(Random random)
    {
        var (members, question, by, items) = DrawOne(random, _sequences);
        var indices = Enumerable.Range(0, items.Length).ToArray();
        random.Shuffle(indices);
        var picked = indices[..3];
        var sorted = picked.Order().ToArray();
        var asked = List(items, picked);
        return new DemoCase
        {
            Combination = List(items, sorted),
            Questions =
            [
                $"Put these {members} in order {question}: {asked}.",
                $"How do I sort the {members} {asked} {question}?",
                $"What is the order of {asked} {question}?",
                $"I need these {members} sorted {question}: {asked}.",
            ],
            Right = Sentences(by, List(items, sorted)),
            Wrong =
            [
                .. Sentences(by, List(items, [sorted[1], sorted[0], sorted[2]])),
                .. Sentences(by, List(items, [sorted[0], sorted[2], sorted[1]])),
                .. Sentences(by, List(items, [sorted[2], sorted[0], sorted[1]])),
            ],
            Partial = [$"By {by}, {items[sorted[0]]} is the first one.", $"First comes {items[sorted[0]]}, then the rest."],
        };
    }

    private static string List(string[] items, int[] indices) => string.Join(", ", indices.Select(index => items[index]));

    private static string[] Sentences(string by, string list) => [$"By {by} it is {list}.", $"In order: {list}."];
}
