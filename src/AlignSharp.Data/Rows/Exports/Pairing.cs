using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows.Exports;

/// <summary>Makes preferences of answers with a verdict: each good answer of a prompt with each bad one, in the order in which they came.</summary>
public sealed class Pairing
{
    private readonly Dictionary<string, (List<UnpairedExample> Good, List<UnpairedExample> Bad)> _prompts = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Takes an answer.</summary>
    /// <param name="example">The answer.</param>
    public void Add(UnpairedExample example)
    {
        var key = Key(example);
        if (!_prompts.TryGetValue(key, out var answers))
        {
            _prompts.Add(key, answers = ([], []));
            _order.Add(key);
        }
        (example.Label ? answers.Good : answers.Bad).Add(example);
    }

    /// <summary>Prompts whose answers are all good or all bad, so that they make no pair.</summary>
    public int PromptsWithoutPair => _prompts.Values.Count(answers => answers.Good.Count == 0 || answers.Bad.Count == 0);

    /// <summary>The preferences.</summary>
    public IEnumerable<PreferenceExample> Pairs() =>
        from key in _order
        let answers = _prompts[key]
        from good in answers.Good
        from bad in answers.Bad
        select Pair(good, bad);

    private static PreferenceExample Pair(UnpairedExample good, UnpairedExample bad) => (good, bad) switch
    {
        (UnpairedRow better, UnpairedRow worse) => new PreferenceRow(better.Prompt, better.Completion, worse.Completion, better.Source),
        (UnpairedChatRow better, UnpairedChatRow worse) => new PreferenceChatRow(better.Prompt, better.Completion, worse.Completion, better.Context, better.Source),
        _ => throw new InvalidOperationException("Answers of one file have one shape."),
    };

    private static string Key(UnpairedExample example) => example switch
    {
        UnpairedRow row => "text " + row.Prompt,
        UnpairedChatRow row => "chat " + string.Join('\n', row.Prompt.Select(message => message.ToJson())),
        _ => throw new ArgumentException($"{example.GetType().Name} is not known here.", nameof(example)),
    };
}
