using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace AlignSharp.Runtime;

/// <summary>
/// Runs the parts of one piece of work on libtorch's own threads, so that managed kernels and matrix products share a team instead of
/// fighting over the cores. Where libtorch's OpenMP runtime cannot be reached (other systems) the .NET thread pool takes its place.
/// </summary>
internal static unsafe class ThreadTeam
{
    // GNU's entry point behind "#pragma omp parallel": (function, data, threads, flags).
    private static readonly delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> OpenMp = FindOpenMp();

    /// <summary>Threads of the team, as libtorch has them on the calling thread.</summary>
    public static int Threads => torch.get_num_threads();

    /// <summary>Runs <c>work(0)</c> to <c>work(parts - 1)</c>, each once, in any order on any thread of the team, and waits for all.</summary>
    /// <param name="parts">Number of parts; they must not depend on one another.</param>
    /// <param name="work">The work of a part.</param>
    /// <exception cref="Exception">What a part threw; the others may have run or not.</exception>
    public static void Run(int parts, Action<int> work)
    {
        var threads = Math.Min(parts, Threads);
        if (threads <= 1)
        {
            for (var part = 0; part < parts; part++) work(part);
            return;
        }
        var job = new Job(parts, work);
        if (OpenMp is null) Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => job.TakePart());
        else RunOnOpenMp(job, threads);
        job.Fault?.Throw();
    }

    private static void RunOnOpenMp(Job job, int threads)
    {
        var handle = GCHandle.Alloc(job);
        try
        {
            OpenMp(&Enter, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static void Enter(nint job) => Unsafe.As<Job>(GCHandle.FromIntPtr(job).Target!).TakePart();

    private static delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> FindOpenMp()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var folder = Path.GetDirectoryName(LibTorch.Load().LibTorchFile)!;
        // libtorch brings its own copy under a name with a hash; a system's libtorch uses the system's.
        var file = Directory.EnumerateFiles(folder, "libgomp*.so*").FirstOrDefault() ?? "libgomp.so.1";
        return NativeLibrary.TryLoad(file, out var library) && NativeLibrary.TryGetExport(library, "GOMP_parallel", out var entry)
            ? (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)entry
            : null;
    }

    // An exception must not leave through native frames, so it is carried to the caller.
    private sealed class Job(int parts, Action<int> work)
    {
        private int _next;

        public ExceptionDispatchInfo? Fault { get; private set; }

        public void TakePart()
        {
            try
            {
                for (var part = Interlocked.Increment(ref _next) - 1; part < parts; part = Interlocked.Increment(ref _next) - 1) work(part);
            }
            catch (Exception error)
            {
                Fault = ExceptionDispatchInfo.Capture(error);
            }
        }
    }
}
