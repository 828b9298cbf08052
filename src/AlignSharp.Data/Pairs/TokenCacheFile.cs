using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// A <see cref="TokenTable"/> in a file: a mark, the key that it was made for, notes, names of files, the rows, and the SHA-256 of all
/// that. Numbers are little-endian. A file that is not whole is not used.
/// </summary>
internal static class TokenCacheFile
{
    private const int HashBytes = 32;
    private const int MostRows = 1 << 28;

    private static ReadOnlySpan<byte> Magic => "ALSHTOK1"u8;

    /// <summary>Writes a table, so that it appears whole or not at all.</summary>
    public static void Write(string path, string key, TokenTable table)
    {
        var size = table.Rows.Sum(row => 9L + row.Lists.Sum(list => 4L + 4L * list.Length));
        AtomicFile.Write(path, stream =>
        {
            using var hash = SHA256.Create();
            using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var writer = new BinaryWriter(hashed))
                WriteTable(writer, key, table);
            stream.Write(hash.Hash!);
        }, size);
    }

    /// <summary>Reads a table back.</summary>
    /// <returns>Null where there is no file, or it was made for another key.</returns>
    /// <exception cref="ArtifactException">It is damaged.</exception>
    public static TokenTable? Read(string path, string key)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
            if (stream.Length < Magic.Length + HashBytes || !IsWhole(stream)) throw new ArtifactException($"{path}: the kept tokens are damaged; they are made again");
            stream.Position = 0;
            using var reader = new BinaryReader(stream);
            return ReadTable(reader, key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or OverflowException)
        {
            throw new ArtifactException($"{path}: the kept tokens cannot be read: {error.Message}; they are made again", error);
        }
    }

    private static bool IsWhole(FileStream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, left) = (new byte[1 << 20], stream.Length - HashBytes);
        while (left > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) return false;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        Span<byte> kept = stackalloc byte[HashBytes];
        stream.ReadExactly(kept);
        return kept.SequenceEqual(hash.GetHashAndReset());
    }

    private static void WriteTable(BinaryWriter writer, string key, TokenTable table)
    {
        writer.Write(Magic);
        writer.Write(key);
        WriteTexts(writer, table.Notes);
        string[] files = [.. table.Rows.Select(row => row.Source.File).Distinct()];
        WriteTexts(writer, files);
        var indices = files.Index().ToDictionary(file => file.Item, file => file.Index);
        writer.Write(table.Rows.Count);
        writer.Write(table.Parts);
        foreach (var row in table.Rows)
        {
            writer.Write(indices[row.Source.File]);
            writer.Write(row.Source.Row);
            writer.Write(row.Mark);
            foreach (var list in row.Lists)
            {
                writer.Write(list.Length);
                writer.Write(MemoryMarshal.AsBytes(list.AsSpan()));
            }
        }
    }

    private static TokenTable? ReadTable(BinaryReader reader, string key)
    {
        var magic = reader.ReadBytes(Magic.Length);
        if (!Magic.SequenceEqual(magic) || reader.ReadString() != key) return null;
        var notes = ReadTexts(reader);
        var files = ReadTexts(reader);
        var (count, parts) = (reader.ReadInt32(), reader.ReadInt32());
        if (count is < 0 or > MostRows || parts is < 1 or > 8) return null;
        var rows = new TokenTable.Row[count];
        for (var i = 0; i < count; i++)
        {
            var source = new RowPosition(files[reader.ReadInt32()], reader.ReadInt32());
            var mark = reader.ReadBoolean();
            var lists = new int[parts][];
            for (var part = 0; part < parts; part++) lists[part] = ReadList(reader);
            rows[i] = new TokenTable.Row(source, mark, lists);
        }
        return new TokenTable(parts, rows, notes);
    }

    private static int[] ReadList(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0 || 4L * length > reader.BaseStream.Length - reader.BaseStream.Position) throw new IOException("a list ends behind the file");
        var list = new int[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(list.AsSpan()));
        return list;
    }

    private static void WriteTexts(BinaryWriter writer, IReadOnlyList<string> texts)
    {
        writer.Write(texts.Count);
        foreach (var text in texts) writer.Write(text);
    }

    private static string[] ReadTexts(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > MostRows) throw new IOException("a count is out of range");
        var texts = new List<string>();
        for (var i = 0; i < count; i++) texts.Add(reader.ReadString());
        return [.. texts];
    }
}
