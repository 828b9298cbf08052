using System.Runtime.CompilerServices;
using AlignSharp.Runtime;

namespace AlignSharp.Acceptance;

internal static class NativeLibraries
{
    [ModuleInitializer]
    internal static void Load() => LibTorch.Load();
}
