using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using AlignSharp.Data.Files;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>Writes safetensors files, byte for byte as the reference serialiser lays them out.</summary>
public static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;
    private const int ChunkBytes = 64 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Metadata that transformers requires of a model file.</summary>
    public static IReadOnlyDictionary<string, string> DefaultMetadata { get; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>
    /// Writes a file atomically. Tensors may be on any device and of any layout; at most one of them is copied at a time, and only
    /// when it is not contiguous on the CPU.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Names and tensors in any order; names are unique. They stay the caller's.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>, written in ordinal order of their keys; null is <see cref="DefaultMetadata"/>.</param>
    /// <exception cref="ArgumentException">A name comes twice or is reserved, or a tensor's type is not one of the format's.</exception>
    /// <exception cref="Data.Faults.DiskFullException">The disk is full; nothing was left behind.</exception>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        WriteInTurn(path, [.. tensors.Select(t => TensorSource.Of(t.Key, t.Value))], metadata);

    /// <summary>Writes a file atomically whose tensors are made one after the other: no more than one of them is in memory.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors in any order; names are unique.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>, written in ordinal order of their keys; null is <see cref="DefaultMetadata"/>.</param>
    /// <exception cref="ArgumentException">A name comes twice or is reserved, or a tensor's type is not one of the format's.</exception>
    /// <exception cref="Data.Faults.DiskFullException">The disk is full; nothing was left behind.</exception>
    public static void WriteInTurn(string path, IReadOnlyList<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        CheckNames(tensors);
        var ordered = tensors
            .Select(t => (Key: StrictUtf8.GetBytes(t.Name), Dtype: SafetensorsDtype.Of(t.Type), Tensor: t))
            .OrderByDescending(t => t.Dtype.Rank)
            .ThenBy(t => t.Key, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .Select(t => (t.Dtype, t.Tensor))
            .ToList();
        var header = Header(ordered, metadata ?? DefaultMetadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var (_, tensor) in ordered) WriteTensor(stream, tensor);
        }, header.Length + ordered.Sum(t => t.Tensor.Bytes));
    }

    private static void CheckNames(IReadOnlyList<TensorSource> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        foreach (var tensor in tensors)
            if (!names.Add(tensor.Name)) throw new ArgumentException($"The tensor name '{tensor.Name}' is reserved or comes twice.", nameof(tensors));
    }

    private static byte[] Header(List<(SafetensorsDtype Dtype, TensorSource Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var json = new StringBuilder("{");
        if (metadata.Count > 0)
        {
            var pairs = metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{Quote(m.Key)}:{Quote(m.Value)}");
            json.Append(CultureInfo.InvariantCulture, $"\"__metadata__\":{{{string.Join(',', pairs)}}}");
        }
        var offset = 0L;
        foreach (var (dtype, tensor) in tensors)
        {
            if (json.Length > 1) json.Append(',');
            var end = offset + tensor.Bytes;
            json.Append(CultureInfo.InvariantCulture,
                $"{Quote(tensor.Name)}:{{\"dtype\":\"{dtype.Name}\",\"shape\":[{string.Join(',', tensor.Shape)}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }
        json.Append('}');
        var text = StrictUtf8.GetBytes(json.ToString());
        var padded = (text.Length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;
        var bytes = new byte[SafetensorsHeader.LengthBytes + padded];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)padded);
        text.CopyTo(bytes, SafetensorsHeader.LengthBytes);
        bytes.AsSpan(SafetensorsHeader.LengthBytes + text.Length).Fill((byte)' ');
        return bytes;
    }

    /// <summary>A JSON string as the reference writes it: only quotes, backslashes and control characters are escaped.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static unsafe void WriteTensor(Stream stream, TensorSource source)
    {
        using var tensor = source.Read();
        if (tensor.dtype != source.Type || !tensor.shape.AsSpan().SequenceEqual([.. source.Shape]))
            throw new InvalidOperationException($"'{source.Name}' was announced as {source.Type} [{string.Join(", ", source.Shape)}] and came as {tensor.dtype} [{string.Join(", ", tensor.shape)}]");
        // Both calls give the same storage back when there is nothing to move; the handles are ours to dispose.
        using var onCpu = tensor.cpu();
        using var contiguous = onCpu.contiguous();
        var address = TensorMemory.Address(contiguous);
        var bytes = TensorMemory.Bytes(contiguous);
        for (var done = 0L; done < bytes; done += ChunkBytes)
            stream.Write(new ReadOnlySpan<byte>(address + done, (int)Math.Min(ChunkBytes, bytes - done)));
    }
}
