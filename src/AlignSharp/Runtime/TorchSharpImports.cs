using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace AlignSharp.Runtime;

/// <summary>
/// Answers TorchSharp's own searches for its native libraries, so that it never reaches its last resort: copying packages into
/// the application's folder, which is unsafe when several processes start together.
/// </summary>
/// <remarks>
/// TorchSharp probes "torch_cpu" and "LibTorchSharp" by name and swallows every exception of the probe; an import resolver is not
/// asked then, but <see cref="AssemblyLoadContext.ResolvingUnmanagedDll"/> is. Where loading fails, the probe is therefore
/// answered with the handle of the process itself, and the resolver of the first real call throws the reason.
/// </remarks>
internal static class TorchSharpImports
{
    private const string BridgeName = "LibTorchSharp";
    private static readonly string[] ProbedNames = [BridgeName, "torch_cpu", "torch_cuda", "torch"];
    private static readonly Assembly TorchSharpAssembly = typeof(torch).Assembly;
    private static nint _bridge;
    private static nint _libTorch;

    /// <summary>Finds a C function of TorchSharp's library or of libtorch, loading them first; zero where they lack it.</summary>
    /// <param name="name">Name of the export.</param>
    internal static nint Export(string name)
    {
        var folder = Path.GetDirectoryName(LibTorch.Load().LibTorchFile)!;
        foreach (var library in new[] { _bridge, _libTorch })
            if (NativeLibrary.TryGetExport(library, name, out var function)) return function;
        // Where a handle does not answer for the libraries below it (Windows), the one that has the functions is asked itself.
        var below = Path.Combine(folder, OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so");
        return NativeLibrary.TryLoad(below, out var handle) && NativeLibrary.TryGetExport(handle, name, out var found) ? found : 0;
    }

    /// <summary>Keeps the handles that answer later searches.</summary>
    internal static void Keep(nint libTorch, nint bridge)
    {
        _libTorch = libTorch;
        _bridge = bridge;
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "The answers must stand before any method of this assembly touches TorchSharp.")]
    internal static void Register()
    {
        NativeLibrary.SetDllImportResolver(TorchSharpAssembly, ResolveImport);
        var context = AssemblyLoadContext.GetLoadContext(TorchSharpAssembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += AnswerProbe;
    }

    private static nint ResolveImport(string name, Assembly assembly, DllImportSearchPath? paths)
    {
        if (name != BridgeName) return 0;
        LibTorch.Load();
        return _bridge;
    }

    private static nint AnswerProbe(Assembly assembly, string name)
    {
        if (assembly != TorchSharpAssembly || !ProbedNames.Contains(name)) return 0;
        try
        {
            LibTorch.Load();
            return name == BridgeName ? _bridge : _libTorch;
        }
        catch (Exception)
        {
            // TorchSharp would swallow it whatever it is, and go on to copy; ResolveImport throws the same at the first call.
            return NativeLibrary.GetMainProgramHandle();
        }
    }
}
