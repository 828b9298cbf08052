namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>How an operation on a list is written in a language: a look-up by two arguments, with the list's name copied into it.</summary>
internal sealed class CodeTopic : DemoTopic
{
    private const string Placeholder = "LIST";

    private static readonly string[] Languages = ["Python", "C#"];

    /// <summary>What to do, and the expression in the order of <see cref="Languages"/>.</summary>
    private static readonly (string Goal, string[] Code)[] Operations =
    [
        ("count the items of", ["len(LIST)", "LIST.Count"]),
        ("get the first item of", ["LIST[0]", "LIST.First()"]),
        ("get the last item of", ["LIST[-1]", "LIST[^1]"]),
        ("find the largest item of", ["max(LIST)", "LIST.Max()"]),
        ("sort", ["sorted(LIST)", "LIST.Order()"]),
        ("copy", ["LIST.copy()", "LIST.ToList()"]),
    ];

    private static readonly string[] Lists =
    [
        "names", "users", "orders", "prices", "scores", "cities", "words", "books", "songs", "files", "lines", "pages", "days", "tags",
    ];

    public override string Name => "code";

    public override string Site => "stackoverflow.com";

    public override DemoCase Draw(Random random)
    {
        var (goal, code) = DrawOne(random, Operations);
        var (_, otherCode) = Confused(Operations, (goal, code));
        var language = random.Next(Languages.Length);
        var otherLanguage = 1 - language;
        var list = DrawOne(random, Lists);
        var name = Languages[language];
        return new DemoCase
        {
            Combination = $"{goal} {list} {name}",
            Questions =
            [
                $"How do I {goal} the list {list} in {name}?",
                $"In {name}, how can I {goal} {list}?",
                $"What is the {name} code to {goal} {list}?",
                $"I have a list {list} in {name}. How do I {goal} it?",
            ],
            Right = Sentences(name, Write(code[language], list)),
            Wrong =
            [
                .. Sentences(name, Write(otherCode[language], list)),
                .. Sentences(name, Write(code[otherLanguage], list)),
            ],
            Partial = [$"In {name} there is a way to do that.", $"There is something for `{list}` in {name}."],
        };
    }

    private static string Write(string code, string list) => code.Replace(Placeholder, list, StringComparison.Ordinal);

    private static string[] Sentences(string language, string code) => [$"In {language}, write `{code}` for that.", $"You can use `{code}` in {language}."];
}
