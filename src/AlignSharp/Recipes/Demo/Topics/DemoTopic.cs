namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>A kind of question: what can be asked, what is true, and how people get it wrong.</summary>
internal abstract class DemoTopic
{
    /// <summary>One lower-case word.</summary>
    public abstract string Name { get; }

    /// <summary>Host name of the site where people ask such questions.</summary>
    public abstract string Site { get; }

    /// <summary>Draws the arguments of one question.</summary>
    /// <param name="random">Source of the draw; the same state gives the same case.</param>
    public abstract DemoCase Draw(Random random);

    /// <summary>Draws two different entries of a table.</summary>
    protected static (T First, T Second) DrawTwo<T>(Random random, IReadOnlyList<T> table)
    {
        var first = random.Next(table.Count);
        var second = random.Next(table.Count - 1);
        return (table[first], table[second < first ? second : second + 1]);
    }

    /// <summary>Draws one entry of a table that differs from the given ones.</summary>
    protected static T DrawOther<T>(Random random, IReadOnlyList<T> table, params T[] taken)
    {
        var free = table.Except(taken).ToArray();
        return free[random.Next(free.Length)];
    }

    /// <summary>Draws one entry of a table.</summary>
    protected static T DrawOne<T>(Random random, IReadOnlyList<T> table) => table[random.Next(table.Count)];
}
