namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>Two entries of one table are asked for at once; both must be right and in the order asked.</summary>
internal abstract class PairLookupTopic : DemoTopic
{
    /// <summary>What can be asked, its true value, and a value that people wrongly give.</summary>
    protected abstract IReadOnlyList<(string Key, string Value, string Mistake)> Table { get; }

    /// <summary>Ways of asking for two entries.</summary>
    protected abstract string[] Questions(string first, string second);

    /// <summary>Ways of stating two entries.</summary>
    protected abstract string[] Sentences((string Key, string Value) first, (string Key, string Value) second);

    /// <summary>Ways of stating one entry and leaving the other out.</summary>
    protected abstract string[] Partial((string Key, string Value) stated, string omitted);

    public override DemoCase Draw(Random random)
    {
        var (first, second) = DrawTwo(random, Table);
        (string, string) firstTrue = (first.Key, first.Value);
        (string, string) secondTrue = (second.Key, second.Value);
        return new DemoCase
        {
            Combination = string.CompareOrdinal(first.Key, second.Key) < 0 ? $"{first.Key}, {second.Key}" : $"{second.Key}, {first.Key}",
            Questions = Questions(first.Key, second.Key),
            Right = Sentences(firstTrue, secondTrue),
            Wrong =
            [
                .. Sentences((first.Key, first.Mistake), secondTrue),
                .. Sentences(firstTrue, (second.Key, second.Mistake)),
                .. Sentences((first.Key, second.Value), (second.Key, first.Value)),
            ],
            Partial = [.. Partial(firstTrue, second.Key), .. Partial(secondTrue, first.Key)],
        };
    }
}
