using System.Runtime.ExceptionServices;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Pairs;

/// <summary>Turns rows into something on all processors, with the results and the fault that one processor would give.</summary>
internal static class ParallelRows
{
    /// <summary>Rows that are held at once: enough for all processors, and little beside what becomes of them.</summary>
    private const int RowsAtOnce = 512;

    /// <summary>Maps each row, some of them ahead of what is asked for; the next are read meanwhile.</summary>
    /// <param name="rows">The rows; read by one thread at a time, not always the caller's.</param>
    /// <param name="map">What a row becomes; may throw an <see cref="AlignSharpException"/>.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="AlignSharpException">That of the first bad row, whichever was reached first; the rows before it were given out.</exception>
    public static IEnumerable<TResult> Stream<TRow, TResult>(IEnumerable<TRow> rows, Func<TRow, TResult> map, CancellationToken cancellation)
    {
        using var chunks = rows.Chunk(RowsAtOnce).GetEnumerator();
        var next = Task.Run(chunks.MoveNext, cancellation);
        try
        {
            while (Wait(next))
            {
                var current = chunks.Current;
                next = Task.Run(chunks.MoveNext, cancellation);
                foreach (var result in Map(current, map, cancellation)) yield return result;
            }
        }
        finally
        {
            // Nobody may still be reading when the rows are closed.
            ((IAsyncResult)next).AsyncWaitHandle.WaitOne();
        }
    }

    private static bool Wait(Task<bool> task) => task.GetAwaiter().GetResult();

    private static IEnumerable<TResult> Map<TRow, TResult>(TRow[] rows, Func<TRow, TResult> map, CancellationToken cancellation)
    {
        var results = new TResult[rows.Length];
        var faults = new ExceptionDispatchInfo?[rows.Length];
        Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
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
        for (var i = 0; i < results.Length; i++)
        {
            faults[i]?.Throw();
            yield return results[i];
        }
    }
}
