using System.Runtime.InteropServices;

namespace AlignSharp.Runtime;

/// <summary>Loads libtorch and TorchSharp's native library before the first use of TorchSharp.</summary>
public static class LibTorch
{
    private static bool _loaded;
    private static readonly Lock Gate = new();

    /// <summary>Loads the native libraries once per process; later calls return at once.</summary>
    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded) return;
            var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            var libtorch = Path.Combine(packages, "libtorch-cpu-linux-x64", "2.10.0", "runtimes", "linux-x64", "native");
            var sharp = Path.Combine(packages, "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
            NativeLibrary.Load(Path.Combine(libtorch, "libtorch.so"));
            if (!NativeLibrary.TryLoad(sharp, out _)) NativeLibrary.Load(Relaxed(sharp));
            _loaded = true;
        }
    }

    private static string Relaxed(string path)
    {
        var target = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "alignsharp", "native", "libLibTorchSharp.so");
        if (File.Exists(target)) return target;
        var b = File.ReadAllBytes(path);
        var sectionOffset = (int)BitConverter.ToUInt64(b, 0x28);
        int size = BitConverter.ToUInt16(b, 0x3A), count = BitConverter.ToUInt16(b, 0x3C);
        (uint Type, int Offset, int Size, int Link, int Info, int Entry) Section(int i)
        {
            var o = sectionOffset + i * size;
            return (BitConverter.ToUInt32(b, o + 4), (int)BitConverter.ToUInt64(b, o + 24), (int)BitConverter.ToUInt64(b, o + 32), BitConverter.ToInt32(b, o + 40), BitConverter.ToInt32(b, o + 44), (int)BitConverter.ToUInt64(b, o + 56));
        }
        string Name(int strings, uint at) { var s = strings + (int)at; var e = Array.IndexOf(b, (byte)0, s); return System.Text.Encoding.ASCII.GetString(b, s, e - s); }
        for (var i = 0; i < count; i++)
        {
            var s = Section(i);
            if (s.Type == 0x6ffffffe)
            {
                var strings = Section(s.Link).Offset;
                var o = s.Offset;
                for (var k = 0; k < s.Info; k++)
                {
                    var a = o + BitConverter.ToInt32(b, o + 8);
                    for (var j = 0; j < BitConverter.ToUInt16(b, o + 2); j++)
                    {
                        if (Name(strings, BitConverter.ToUInt32(b, a + 8)) == "GLIBCXX_3.4.32") b[a + 4] |= 2;
                        a += BitConverter.ToInt32(b, a + 12);
                    }
                    o += BitConverter.ToInt32(b, o + 12);
                }
            }
            if (s.Type == 11)
            {
                var strings = Section(s.Link).Offset;
                for (var k = 0; k < s.Size / s.Entry; k++)
                    if (Name(strings, BitConverter.ToUInt32(b, s.Offset + k * s.Entry)) == "_ZSt21ios_base_library_initv") b[s.Offset + k * s.Entry + 4] = (byte)((2 << 4) | (b[s.Offset + k * s.Entry + 4] & 15));
            }
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = target + "." + Environment.ProcessId;
        File.WriteAllBytes(temporary, b);
        File.Move(temporary, target, true);
        return target;
    }
}
