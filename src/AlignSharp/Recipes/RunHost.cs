using AlignSharp.Runtime;
using AlignSharp.Tracking;

namespace AlignSharp.Recipes;

/// <summary>What a recipe needs of the program around it.</summary>
/// <param name="View">Shows the run while it goes.</param>
/// <param name="Note">Receives one line a fact that the user should know.</param>
public sealed record RunHost(ITracker View, Action<string> Note)
{
    /// <summary>Where a run keeps what another run could use and what can be made again; default <see cref="UserCache.Folder"/>.</summary>
    public string CacheFolder { get; init; } = UserCache.Folder;

    /// <summary>A host that shows nothing.</summary>
    public static RunHost Silent { get; } = new(new TrackerGroup([], _ => { }), _ => { });

    /// <summary>Receives what is going on before the first step, with how many rows are done: at most some times a second, and at the end with nothing.</summary>
    public Action<string?, long> Progress { get; init; } = (_, _) => { };

    /// <summary>Rows as they are, counted for <see cref="Progress"/> as they pass.</summary>
    /// <param name="what">What is done with them.</param>
    /// <param name="rows">The rows.</param>
    internal IEnumerable<T> Counted<T>(string what, IEnumerable<T> rows)
    {
        const int millisecondsBetween = 200;
        var (count, told) = (0L, Environment.TickCount64);
        try
        {
            foreach (var row in rows)
            {
                yield return row;
                count++;
                if (Environment.TickCount64 - told < millisecondsBetween) continue;
                told = Environment.TickCount64;
                Progress(what, count);
            }
        }
        finally
        {
            Progress(null, count);
        }
    }
}
