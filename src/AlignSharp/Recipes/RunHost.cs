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
}
