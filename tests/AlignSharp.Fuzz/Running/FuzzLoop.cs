using AlignSharp.Data.Faults;
using AlignSharp.Fuzz.Targets;

namespace AlignSharp.Fuzz.Running;

/// <summary>Mutates and executes in this process, on a thread of its own with a small stack, so that what recurses too deep shows.</summary>
internal sealed class FuzzLoop(FuzzTarget target, IReadOnlyList<byte[]> corpus, FuzzLimits limits, LastInput? lastInput = null)
{
    private const int StackBytes = 1 << 20;
    private readonly List<Finding> _findings = [];
    private byte[] _current = [];
    private long _done;

    /// <summary>Executions that ended.</summary>
    public long Executions => Volatile.Read(ref _done);

    /// <summary>Runs until the number is reached, the findings are enough, or an execution hangs.</summary>
    public IReadOnlyList<Finding> Run(long executions, int seed, int mostFindings = 1)
    {
        var mutator = new Mutator(corpus, target.Words, seed);
        // A hang cannot be ended from outside: its thread stays behind and dies with the process.
        var thread = new Thread(() => Work(mutator, executions, mostFindings), StackBytes) { IsBackground = true };
        thread.Start();
        var watch = new ExecutionWatch(limits.Seconds);
        while (!thread.Join(TimeSpan.FromMilliseconds(50)))
            if (watch.Hangs(Executions))
                return [.. _findings.ToArray(), new Finding(Volatile.Read(ref _current), Executions + 1, $"hangs: no end after {limits.Seconds} s")];
        return _findings;
    }

    private void Work(Mutator mutator, long executions, int mostFindings)
    {
        // The seeds as they are come first.
        for (var i = 0L; i < executions && _findings.Count < mostFindings; i++)
        {
            Volatile.Write(ref _current, i < corpus.Count ? corpus[(int)i] : mutator.Next());
            lastInput?.Note(_current);
            if (Execute(_current) is { } what) _findings.Add(new Finding(_current, i + 1, what));
            Volatile.Write(ref _done, i + 1);
        }
    }

    private string? Execute(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (AlignSharpException fault)
        {
            try
            {
                Expectations.OneLine(fault);
            }
            catch (InvalidOperationException wrong)
            {
                return wrong.Message;
            }
        }
#pragma warning disable CA1031 // Whatever a parser throws beside our faults is what is looked for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error.ToString();
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > limits.AllocatedBytes ? $"allocates {allocated >> 20} MiB, more than {limits.AllocatedBytes >> 20} MiB" : null;
    }
}
