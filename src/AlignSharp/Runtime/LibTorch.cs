using System.Diagnostics;
using System.Runtime.InteropServices;
using AlignSharp.Data.Faults;

namespace AlignSharp.Runtime;

/// <summary>Loads libtorch and TorchSharp's native library, once, from a known place.</summary>
/// <remarks>
/// Order: the folder named by <c>ALIGNSHARP_LIBTORCH</c>, beside the application, the package folders that the build recorded.
/// The first use of TorchSharp calls <see cref="Load"/> itself; programs call it at their start so that a fault comes early and plainly.
/// </remarks>
public static class LibTorch
{
    private static readonly Lock Gate = new();
    private static LibTorchLoad? _load;

    /// <summary>Loads the libraries; later calls, from any thread, return the record of the first that succeeded.</summary>
    /// <returns>What was loaded, from where, and what it took.</returns>
    /// <exception cref="ConfigurationException">The libraries are not found, or the system cannot load them; the message names the remedy.</exception>
    public static LibTorchLoad Load()
    {
        lock (Gate) return _load ??= LoadOnce();
    }

    private static LibTorchLoad LoadOnce()
    {
        var started = Stopwatch.GetTimestamp();
        var files = NativeSearch.OfThisProcess().Find();
        OpenMpWaiting.PreferPassive();
        var libTorch = LoadLibTorch(files.LibTorch);
        var (bridge, relaxedFile) = LoadBridge(files.TorchSharp);
        TorchSharpImports.Keep(libTorch, bridge);
        return new LibTorchLoad
        {
            LibTorchFile = files.LibTorch,
            TorchSharpFile = files.TorchSharp,
            LibTorchVersion = ReadVersion(libTorch),
            Origin = files.Origin,
            RelaxedFile = relaxedFile,
            Elapsed = Stopwatch.GetElapsedTime(started),
        };
    }

    private static nint LoadLibTorch(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw Unloadable(file, error);
        }
    }

    private static (nint Handle, string? RelaxedFile) LoadBridge(string file)
    {
        try
        {
            return (NativeLibrary.Load(file), null);
        }
        catch (DllNotFoundException error) when (OperatingSystem.IsLinux() && error.Message.Contains(RelaxedLibrary.Version, StringComparison.Ordinal))
        {
            return LoadRelaxed(file);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw Unloadable(file, error);
        }
    }

    private static (nint Handle, string RelaxedFile) LoadRelaxed(string file)
    {
        try
        {
            string relaxed;
            try
            {
                relaxed = RelaxedLibrary.Ensure(file, UserCache.Folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return LoadTemporary(file);
            }
            return (NativeLibrary.Load(relaxed), relaxed);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw Unloadable(file, error);
        }
    }

    /// <summary>The cache cannot be written: the copy lives in a private folder that goes as soon as the system has mapped it.</summary>
    private static (nint Handle, string RelaxedFile) LoadTemporary(string file)
    {
        var folder = Directory.CreateTempSubdirectory("alignsharp-").FullName;
        try
        {
            var relaxed = RelaxedLibrary.Ensure(file, folder);
            return (NativeLibrary.Load(relaxed), relaxed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Asks libtorch's C interface: one byte each of major, minor and patch, from the highest byte down.</summary>
    private static unsafe Version? ReadVersion(nint libTorch)
    {
        if (!NativeLibrary.TryGetExport(libTorch, "aoti_torch_abi_version", out var function)) return null;
        var packed = ((delegate* unmanaged<ulong>)function)();
        return new Version((int)(packed >> 56), (int)(packed >> 48) & 0xFF, (int)(packed >> 40) & 0xFF);
    }

    private static ConfigurationException Unloadable(string file, Exception error) =>
        new($"{file} cannot be loaded: {FirstLine(error.Message)}; restore the packages again, or set {NativeSearch.Variable} to a libtorch 2.10 folder for this system.", error);

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd('.', '\r', ' ');
}
