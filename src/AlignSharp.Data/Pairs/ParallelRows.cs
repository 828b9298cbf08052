using System.Runtime.ExceptionServices;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Pairs;

/// <summary>Turns rows into something on all processors, with the result and the fault that one processor would give.</summary>
internal static class ParallelRows
{
    /// <summary>Maps each row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="map">What a row becomes; may throw an <see cref="AlignSharpException"/>.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="AlignSharpException">That of the first bad row, whichever was reached first.</exception>
    public static TResult[] Map<TRow, TResult>(IReadOnlyList<TRow> rows, Func<TRow, TResult> map, CancellationToken cancellation)
    {
        var results = new TResult[rows.Count];
        var faults = new ExceptionDispatchInfo?[rows.Count];
        Parallel.For(0, rows.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            try
            {
                results[i] = map(rows[i]);
            }
            catch (AlignSharpException fault)
            {
                faults[i] = ExceptionDispatchInfo.Capture(fault);
            }
        });
        Array.Find(faults, fault => fault is not null)?.Throw();
        return results;
    }
}
