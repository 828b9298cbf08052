using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace AlignSharp.Fuzz.Running;

/// <summary>
/// Keeps the input that runs in a mapped file: a stack overflow ends the process without a word, and the file still holds what did it.
/// </summary>
internal sealed class LastInput : IDisposable
{
    private const int Capacity = 1 << 16;
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public LastInput(string path)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Capacity);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Notes an input: its length in four bytes, then itself.</summary>
    public void Note(byte[] input)
    {
        _view.Write(0, input.Length);
        _view.WriteArray(sizeof(int), input, 0, Math.Min(input.Length, Capacity - sizeof(int)));
    }

    /// <summary>What a run that died left behind, or null.</summary>
    public static byte[]? Left(string path)
    {
        if (!File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        return bytes[sizeof(int)..(sizeof(int) + Math.Min(BinaryPrimitives.ReadInt32LittleEndian(bytes), Capacity - sizeof(int)))];
    }

    /// <summary>A run that ended by itself leaves no file.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }
}
