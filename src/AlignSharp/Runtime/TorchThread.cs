using System.Runtime.ExceptionServices;

namespace AlignSharp.Runtime;

/// <summary>
/// Runs work on a thread of its own. Dispose scopes, grad mode and OpenMP's threads belong to the thread that made them, so
/// everything that touches tensors runs inside one call, and nothing inside it awaits.
/// </summary>
public static class TorchThread
{
    // Deep autograd graphs are walked recursively when they are freed.
    private const int StackBytes = 64 << 20;

    /// <summary>Runs the work on a new thread and waits for it.</summary>
    /// <typeparam name="T">What the work returns.</typeparam>
    /// <param name="work">The work; tensors that it returns stay usable on any thread.</param>
    /// <returns>What the work returned.</returns>
    /// <exception cref="Exception">Whatever the work threw, with its own stack trace.</exception>
    public static T Run<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var result = default(T);
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(Work, StackBytes) { Name = "torch" };
        thread.Start();
        thread.Join();
        fault?.Throw();
        return result!;

        void Work()
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                fault = ExceptionDispatchInfo.Capture(error);
            }
        }
    }

    /// <summary>Runs the work on a new thread and waits for it.</summary>
    /// <param name="work">The work.</param>
    /// <exception cref="Exception">Whatever the work threw, with its own stack trace.</exception>
    public static void Run(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Run(() =>
        {
            work();
            return true;
        });
    }
}
