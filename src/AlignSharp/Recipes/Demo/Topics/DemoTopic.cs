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

    /// <summary>What people confuse an entry with: always the next one, so that a mistake is as well known as the truth.</summary>
    protected static T Confused<T>(T[] table, T entry) => table[(Array.IndexOf(table, entry) + 1) % table.Length];

    /// <summary>Draws one entry of a table.</summary>
    protected static T DrawOne<T>(Random random, IReadOnlyList<T> table) => table[random.Next(table.Count)];
}
