using AlignSharp.Data.Checks;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Tests.Checks;

/// <summary>
/// Clean, varied preferences: both answers of a pair come from one distribution of words and lengths, prompts differ. Tokens are words; id 1 begins a
/// sequence, 2 ends it.
/// </summary>
internal sealed class MadeUpPairs(int seed)
{
    public const int Bos = 1, Eos = 2;
    public const string File = "train.jsonl";

    private static readonly string[] Words =
    [
        .. "the a of to and in that it is was for on are with as his they at be this from have or by one had not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after words called just where most know".Split(' '),
        .. "river mountain copper lantern harvest window engine violet marble thunder garden pepper silver anchor blanket canyon dragon ember falcon glacier hammer island jungle kettle lemon meadow needle orchard pillow quarry ribbon saddle temple umbrella valley walnut yellow zebra".Split(' '),
        "café", "naïve", "São", "«bon»", "Größe", "привет", "東京", "🙂", "it's", "3.5", "\n\n",
    ];

    private readonly Random _random = new(seed);

    public static PreferenceCheckOptions Options { get; } = new() { EosIds = [Eos], BosId = Bos, BosText = "<bos>", EosText = "<eos>", SpecialTokens = ["<bos>", "<eos>"], MaxLength = 200 };

    /// <summary>Pairs with token ids, in rows from 1 on.</summary>
    public List<CheckedPair> Make(int count) => [.. Enumerable.Range(1, count).Select(row => Pair(row, Text(12, 30), Text(8, 40), Text(8, 40)))];

    /// <summary>A pair with the ids of its texts, cut to the window.</summary>
    public static CheckedPair Pair(int row, string prompt, string chosen, string rejected)
    {
        var source = new RowPosition(File, row);
        var whole = new TokenizedPair([Bos, .. Ids(prompt)], [.. Ids(chosen), Eos], [.. Ids(rejected), Eos], source);
        return new CheckedPair(source, prompt, chosen, rejected, whole, Cut(whole, 200), IsSplitApart: false, ChosenScore: null, RejectedScore: null);
    }

    public static CheckedPair WithoutIds(CheckedPair pair) => pair with { Whole = null, Trained = null };

    public static TokenizedPair? Cut(TokenizedPair whole, int window)
    {
        var room = window - whole.PromptIds.Length;
        return room <= 0 ? null : whole with { ChosenIds = [.. whole.ChosenIds.Take(room)], RejectedIds = [.. whole.RejectedIds.Take(room)] };
    }

    /// <summary>A text of words.</summary>
    public string Text(int least, int most) => string.Join(' ', Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => Words[_random.Next(Words.Length)])).Trim();

    public static CheckReport Check(IEnumerable<CheckedPair> pairs, IEnumerable<CheckedPair>? evaluation = null, PreferenceCheckOptions? options = null)
    {
        var check = new PreferenceCheck(options ?? Options);
        foreach (var pair in evaluation ?? []) check.AddEvaluation(pair);
        foreach (var pair in pairs) check.Add(pair);
        return check.Finish();
    }

    private static IEnumerable<int> Ids(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => 10 + (int)(word.Aggregate(17u, (hash, character) => hash * 31 + character) % 1_000_000));
}
