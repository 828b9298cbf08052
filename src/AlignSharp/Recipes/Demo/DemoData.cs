using System.Text;
using AlignSharp.Recipes.Demo.Topics;

namespace AlignSharp.Recipes.Demo;

/// <summary>
/// The preference set of the demo: questions with a known truth, each with a better and a worse answer. The held-out
/// questions ask about combinations of arguments that no training question asks about.
/// </summary>
public sealed class DemoData
{
    /// <summary>Of a hundred combinations, so many are kept for the held-out questions.</summary>
    private const int HeldOutPercent = 20;

    /// <summary>A topic that finds no new question in so many draws has been asked for more questions than it has.</summary>
    private const int DrawsBeforeGivingUp = 20_000;

    private static readonly DateOnly FirstDay = new(2019, 1, 1);

    private static readonly DemoTopic[] AllTopics =
    [
        new CommandsTopic(),
        new CodeTopic(),
        new DatesTopic(),
        new OrderTopic(),
        new PluralsTopic(),
        new UnitsTopic(),
        new CapitalsTopic(),
    ];

    /// <summary>Closing remarks. They say nothing, and better and worse answers end with them alike.</summary>
    private static readonly string[] Endings = ["Hope that helps.", "That is all.", "Good luck!", "It works for me."];

    private DemoData(IReadOnlyList<DemoPair> train, IReadOnlyList<DemoPair> heldOut)
    {
        Train = train;
        HeldOut = heldOut;
    }

    /// <summary>Names of the topics, in the order in which rows are drawn from them.</summary>
    public static IReadOnlyList<string> Topics { get; } = [.. AllTopics.Select(topic => topic.Name)];

    /// <summary>Rows to learn from, in random order; every topic has the same number of them, up to one.</summary>
    public IReadOnlyList<DemoPair> Train { get; }

    /// <summary>Rows to judge by, in random order; every topic has the same number of them, up to one.</summary>
    public IReadOnlyList<DemoPair> HeldOut { get; }

    /// <summary>Makes the set. The same arguments give the same rows in the same order.</summary>
    /// <param name="seed">Chooses the held-out combinations and draws the rows.</param>
    /// <param name="trainQuestions">Number of training rows, each with a question of its own; at most 2,800.</param>
    /// <param name="heldOutQuestions">Number of held-out rows, each with a question of its own; at most 280.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below one, or a topic has too few different questions.</exception>
    public static DemoData Generate(int seed, int trainQuestions, int heldOutQuestions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainQuestions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heldOutQuestions, 1);
        var random = new Random(seed);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var train = Draw(random, trainQuestions, firstId: 1, asked, combination => !IsHeldOut(seed, combination));
        var heldOut = Draw(random, heldOutQuestions, firstId: 1 + trainQuestions, asked, combination => IsHeldOut(seed, combination));
        return new DemoData(train, heldOut);
    }

    private static DemoPair[] Draw(Random random, int questions, int firstId, HashSet<string> asked, Func<string, bool> belongs)
    {
        var pairs = new DemoPair[questions];
        for (var i = 0; i < questions; i++)
            pairs[i] = DrawPair(random, AllTopics[i % AllTopics.Length], firstId + i, asked, belongs);
        random.Shuffle(pairs);
        return pairs;
    }

    private static DemoPair DrawPair(Random random, DemoTopic topic, long id, HashSet<string> asked, Func<string, bool> belongs)
    {
        for (var draw = 0; draw < DrawsBeforeGivingUp; draw++)
        {
            var drawn = topic.Draw(random);
            var text = Pick(random, drawn.Questions);
            if (!belongs($"{topic.Name}: {drawn.Combination}") || !asked.Add(text)) continue;
            var question = new DemoQuestion
            {
                Id = id,
                Topic = topic.Name,
                Site = $"https://{topic.Site}",
                Combination = drawn.Combination,
                Text = text,
                Date = FirstDay.AddDays(random.Next(5 * 365)),
                RightAnswers = [.. from sentence in drawn.Right from ending in Endings select $"{sentence} {ending}"],
            };
            return new DemoPair(question, Pick(random, question.RightAnswers), Worse(random, topic, drawn));
        }
        throw new ArgumentOutOfRangeException(nameof(topic), $"The topic {topic.Name} has no more questions; ask for fewer.");
    }

    /// <summary>Half of the worse answers are wrong, a third are incomplete, the rest are unhelpful.</summary>
    private static string Worse(Random random, DemoTopic topic, DemoCase drawn) => random.Next(12) switch
    {
        < 6 => $"{Pick(random, drawn.Wrong)} {Pick(random, Endings)}",
        < 10 => $"{Pick(random, drawn.Partial)} {Pick(random, Endings)}",
        < 11 => $"Please search the site first; we had so many questions about {topic.Name}.",
        _ => $"Nobody needs {topic.Name} these days. {Pick(random, Endings)}",
    };

    private static string Pick(Random random, IReadOnlyList<string> choices) => choices[random.Next(choices.Count)];

    private static bool IsHeldOut(int seed, string combination) => Hash($"{seed}: {combination}") % 100 < HeldOutPercent;

    /// <summary>FNV-1a in 64 bits, with its high half folded down: the same on every machine and in every run.</summary>
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(text)) hash = (hash ^ octet) * 1099511628211UL;
        return hash ^ (hash >> 32);
    }
}
