using System.IO.MemoryMappedFiles;
using AlignSharp.Data.Faults;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>
/// An open safetensors file. Opening costs only the header, and a tensor is read straight into memory of its own: a mapping would cost a
/// fault for every page. The file must not be changed or cut while it is open.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    // One system call reads at most two gigabytes.
    private const int MostBytesAtOnce = 1 << 30;

    private readonly FileStream _stream;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, TensorEntry> _entries;
    private bool _disposed;

    private SafetensorsFile(string path, long length, FileStream stream)
    {
        Path = path;
        _stream = stream;
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        try
        {
            var start = new ReadOnlySpan<byte>(_start, (int)Math.Min(length, SafetensorsHeader.LengthBytes + SafetensorsHeader.MaxHeaderBytes));
            _header = SafetensorsHeader.Parse(start, length, path);
            _entries = _header.Entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
            Names = [.. _header.Entries.Select(e => e.Name)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    /// <summary>Names of the tensors in the order of their data.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The <c>__metadata__</c> of the file; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArtifactException">The file is missing, cannot be read, or breaks the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            try
            {
                // An empty file cannot be mapped; the header's check gives the message.
                if (stream.Length < SafetensorsHeader.LengthBytes) SafetensorsHeader.Parse([], stream.Length, path);
                return new SafetensorsFile(path, stream.Length, stream);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException($"{path}: the file does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"{path}: the file cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Whether the file has a tensor of that name.</summary>
    /// <param name="name">Name of the tensor.</param>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ArtifactException">The file has no tensor of that name.</exception>
    public TensorEntry Entry(string name) =>
        _entries.GetValueOrDefault(name) ?? throw new ArtifactException($"{Path}: the tensor '{name}' is missing.");

    /// <summary>Reads a tensor into memory of its own; the caller owns it. It carries no gradient.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="dtype">Type to convert to; null keeps the file's.</param>
    /// <param name="device">Device to move to; null is the CPU.</param>
    /// <exception cref="ArtifactException">The file has no such tensor, or its type cannot be held by libtorch here.</exception>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Entry(name);
        var scalar = SafetensorsDtype.Find(entry.Dtype)!.Scalar
            ?? throw new ArtifactException($"{Path}: tensor '{name}' is of {entry.Dtype}, which is not supported; convert it to BF16, F16 or F32.");
        var tensor = Buffers.Empty(scalar, CPU, entry.Shape);
        ReadInto(TensorMemory.Address(tensor), entry, 0, entry.Bytes);
        var target = device ?? CPU;
        if ((dtype is null || dtype == scalar) && target.type == TorchSharp.DeviceType.CPU) return tensor;
        using (tensor) return tensor.to(dtype ?? scalar, target);
    }

    /// <summary>Reads some elements of a tensor into memory that is there already.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="first">First element.</param>
    /// <param name="room">Contiguous, on the CPU, of the tensor's type; as many elements are read as it has.</param>
    /// <exception cref="ArtifactException">The file has no such tensor.</exception>
    public void ReadInto(string name, long first, Tensor room)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Entry(name);
        var begin = first * room.element_size();
        if (begin + TensorMemory.Bytes(room) > entry.Bytes) throw new ArgumentException($"'{name}' has fewer elements", nameof(room));
        ReadInto(TensorMemory.Address(room), entry, begin, TensorMemory.Bytes(room));
    }

    /// <summary>Reads the bytes of a tensor of any type, uint8 <c>[bytes]</c>; the caller owns it.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ArtifactException">The file has no such tensor.</exception>
    public Tensor ReadBytes(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Entry(name);
        var bytes = Buffers.Empty(ScalarType.Byte, CPU, entry.Bytes);
        ReadInto(TensorMemory.Address(bytes), entry, 0, entry.Bytes);
        return bytes;
    }

    /// <summary>A tensor whose memory is the file's: see <see cref="MappedTensor"/>. It stays valid when this object is disposed.</summary>
    /// <param name="name">Name of a tensor of a type that libtorch holds, with some elements.</param>
    /// <exception cref="ArtifactException">The file has no such tensor.</exception>
    internal Tensor Map(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Entry(name);
        return MappedTensor.Of(_stream, _header.DataStart + entry.Begin, SafetensorsDtype.Find(entry.Dtype)!.Scalar!.Value, entry.Shape);
    }

    private void ReadInto(byte* to, TensorEntry entry, long begin, long bytes)
    {
        for (long done = 0; done < bytes;)
        {
            var room = new Span<byte>(to + done, (int)Math.Min(MostBytesAtOnce, bytes - done));
            var read = RandomAccess.Read(_stream.SafeFileHandle, room, _header.DataStart + entry.Begin + begin + done);
            if (read == 0) throw new ArtifactException($"{Path}: the file ends within tensor '{entry.Name}'; it was cut while it was read.");
            done += read;
        }
    }

    /// <summary>The bytes of a tensor in the file, without a copy; valid until this object is disposed.</summary>
    /// <param name="name">Name of a tensor of at most 2 GiB.</param>
    /// <exception cref="ArtifactException">The file has no tensor of that name.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Entry(name);
        return new ReadOnlySpan<byte>(_start + _header.DataStart + entry.Begin, checked((int)entry.Bytes));
    }

    /// <summary>Closes the file; tensors that were read stay valid.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _stream.Dispose();
    }
}
