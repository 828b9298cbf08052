namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>Two members of a known sequence, one from its front and one from its back, to be put in order.</summary>
internal sealed class OrderTopic : DemoTopic
{
    private static readonly (string Members, string Question, string By, string[] Front, string[] Back)[] Sequences =
    [
        ("animals", "by size", "size", ["ant", "bee", "snail", "mouse", "frog", "robin", "spider", "wasp", "moth", "crab"],
            ["cow", "horse", "bear", "whale", "lion", "camel", "tiger", "zebra", "shark", "moose"]),
        ("planets", "from the sun", "the sun", ["Mercury", "Venus", "Earth", "Mars"], ["Jupiter", "Saturn", "Uranus", "Neptune"]),
    ];

    public override string Name => "order";

    public override string Site => "puzzling.stackexchange.com";

    public override DemoCase Draw(Random random)
    {
        // Two of three questions are about animals, of which there are more.
        var (members, question, by, front, back) = Sequences[random.Next(3) / 2];
        var (earlier, later) = (DrawOne(random, front), DrawOne(random, back));
        var (first, second) = random.Next(2) == 0 ? (earlier, later) : (later, earlier);
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
            Wrong = [.. Sentences(by, Confused(front, earlier), later), .. Sentences(by, earlier, Confused(back, later))],
            Partial = [$"Go by {by}; {first} is one of the {members}.", $"One of these {members} is {second}, as you say."],
        };
    }

    private static string[] Sentences(string by, string earlier, string later) =>
        [$"By {by} it is {earlier}, then {later}.", $"In order: first {earlier}, then {later}."];
}
