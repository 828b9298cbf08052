using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>
/// A safetensors file of a reference's log-probabilities: <c>chosen</c> and <c>rejected</c>, float32 <c>[rows]</c>, with the parts of
/// their key and a checksum as metadata. A file that is damaged, or of another key, is never read as if it were right.
/// </summary>
internal static class ReferenceLogpsFile
{
    private const string ChosenName = "chosen";
    private const string RejectedName = "rejected";
    private const string ChecksumName = "sha256";

    /// <summary>Writes a file atomically.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="key">What the numbers were made of.</param>
    /// <param name="logps">The numbers of all rows.</param>
    /// <exception cref="DiskFullException">The disk is full; nothing was left behind.</exception>
    /// <exception cref="ConfigurationException">The file may not be written.</exception>
    public static void Write(string path, ReferenceLogpsKey key, ReferenceLogps logps)
    {
        using var chosen = tensor(logps.Chosen);
        using var rejected = tensor(logps.Rejected);
        var metadata = key.Parts.Append(new(ChecksumName, Checksum(logps))).ToDictionary();
        SafetensorsWriter.Write(path, [new(ChosenName, chosen), new(RejectedName, rejected)], metadata);
    }

    /// <summary>Reads a file after checking that it is whole and what was asked for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What the numbers must have been made of.</param>
    /// <param name="rows">Rows of the data set.</param>
    /// <exception cref="ArtifactException">The file is missing, cut, damaged, not such a file, or of another key; the message says which.</exception>
    public static ReferenceLogps Read(string path, ReferenceLogpsKey key, int rows)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, value) in key.Parts)
        {
            var found = file.Metadata.GetValueOrDefault(name, "absent");
            if (found != value) throw Refuse(path, $"its key says {name} {found}, expected {value}");
        }
        var logps = new ReferenceLogps(Values(file, ChosenName, rows), Values(file, RejectedName, rows));
        if (file.Metadata.GetValueOrDefault(ChecksumName) != Checksum(logps)) throw Refuse(path, "its checksum does not fit its numbers");
        return logps;
    }

    private static float[] Values(SafetensorsFile file, string name, int rows)
    {
        var entry = file.Entry(name);
        if (entry.Dtype != "F32" || !entry.Shape.AsSpan().SequenceEqual([rows]))
            throw Refuse(file.Path, $"its {name} is {entry.Dtype} [{string.Join(", ", entry.Shape)}], expected F32 [{rows}]");
        return MemoryMarshal.Cast<byte, float>(file.Bytes(name)).ToArray();
    }

    private static string Checksum(ReferenceLogps logps)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<float>(logps.Chosen));
        hash.AppendData(MemoryMarshal.AsBytes<float>(logps.Rejected));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ArtifactException Refuse(string path, string what) => new($"{path}: {what}; delete the file, it can be made again");
}
