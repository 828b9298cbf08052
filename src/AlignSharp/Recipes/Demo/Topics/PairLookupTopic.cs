namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>An entry of one table and an entry of another are asked for at once; both must be right. The tables share no key.</summary>
internal abstract class PairLookupTopic : DemoTopic
{
    /// <summary>What can be asked first, and its true value.</summary>
    protected abstract (string Key, string Value)[] Firsts { get; }

    /// <summary>What can be asked second, and its true value.</summary>
    protected abstract (string Key, string Value)[] Seconds { get; }

    /// <summary>Ways of asking for two entries.</summary>
    protected abstract string[] Questions(string first, string second);

    /// <summary>Ways of stating two entries.</summary>
    protected abstract string[] Sentences(string first, string second);

    /// <summary>Ways of stating one entry and leaving the other out.</summary>
    protected abstract string[] Partial(string first, string second);

    public override DemoCase Draw(Random random)
    {
        var (first, second) = (DrawOne(random, Firsts), DrawOne(random, Seconds));
        return new DemoCase
        {
            Combination = $"{first.Key}, {second.Key}",
            Questions = Questions(first.Key, second.Key),
            Right = Sentences(first.Value, second.Value),
            Wrong =
            [
                .. Sentences(Confused(Firsts, first).Value, second.Value),
                .. Sentences(first.Value, Confused(Seconds, second).Value),
            ],
            Partial = Partial(first.Value, second.Value),
        };
    }
}
