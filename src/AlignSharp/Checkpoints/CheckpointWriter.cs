using System.Text.Json;
using System.Text.RegularExpressions;
using AlignSharp.Data.Files;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>Writes a model's weights into a folder: one file, or shards with an index when they exceed a shard's size.</summary>
public static partial class CheckpointWriter
{
    /// <summary>Largest shard that transformers writes by default, in bytes.</summary>
    public const long DefaultMaxShardBytes = 5_000_000_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Saves weights. Whenever it is interrupted the folder holds the old weights, the new ones, or none that a reader would take:
    /// never an index over missing or mixed shards. Shards and files of an earlier save are removed once the new ones are complete.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="tensors">Names and tensors in state-dict order, which decides the shards; they stay the caller's. A tied weight comes once.</param>
    /// <param name="maxShardBytes">Largest shard in bytes; a larger tensor gets a shard of its own.</param>
    /// <exception cref="Data.Faults.DiskFullException">The disk is full; the folder is as it was.</exception>
    public static void Save(string folder, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, long maxShardBytes = DefaultMaxShardBytes) =>
        SaveInTurn(folder, [.. tensors.Select(t => TensorSource.Of(t.Key, t.Value))], maxShardBytes);

    /// <summary>Saves weights that are made one after the other, with the same care as <see cref="Save"/>.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="tensors">The tensors in state-dict order, which decides the shards. A tied weight comes once.</param>
    /// <param name="maxShardBytes">Largest shard in bytes; a larger tensor gets a shard of its own.</param>
    /// <exception cref="Data.Faults.DiskFullException">The disk is full; the folder is as it was.</exception>
    public static void SaveInTurn(string folder, IReadOnlyList<TensorSource> tensors, long maxShardBytes = DefaultMaxShardBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        var shards = Split(tensors, maxShardBytes);
        if (shards.Count <= 1)
            SafetensorsWriter.WriteInTurn(Path.Combine(folder, Checkpoint.SingleFile), tensors);
        else
            SaveShards(folder, tensors, shards);
        RemoveStale(folder, shards.Count);
    }

    private static List<List<TensorSource>> Split(IReadOnlyList<TensorSource> tensors, long maxShardBytes)
    {
        var shards = new List<List<TensorSource>>();
        var free = 0L;
        foreach (var tensor in tensors)
        {
            var bytes = tensor.Bytes;
            if (shards.Count == 0 || bytes > free)
            {
                shards.Add([]);
                free = maxShardBytes;
            }
            shards[^1].Add(tensor);
            free -= bytes;
        }
        return shards;
    }

    private static void SaveShards(string folder, IReadOnlyList<TensorSource> tensors, List<List<TensorSource>> shards)
    {
        var names = Enumerable.Range(1, shards.Count).Select(i => ShardName(i, shards.Count)).ToList();
        var staged = names.ConvertAll(n => Path.Combine(folder, $"{AtomicFile.TemporaryPrefix}{n}"));
        var stagedIndex = Path.Combine(folder, $"{AtomicFile.TemporaryPrefix}{Checkpoint.IndexFile}");
        try
        {
            // Everything that needs space is written first; what follows are renames.
            for (var i = 0; i < shards.Count; i++) SafetensorsWriter.WriteInTurn(staged[i], shards[i]);
            WriteIndex(stagedIndex, tensors, shards, names);
            // Without its index an earlier save's shards are not read, so they may be replaced one by one.
            File.Delete(Path.Combine(folder, Checkpoint.IndexFile));
            FolderFlush.Flush(folder);
            for (var i = 0; i < shards.Count; i++) File.Move(staged[i], Path.Combine(folder, names[i]), overwrite: true);
            FolderFlush.Flush(folder);
            File.Move(stagedIndex, Path.Combine(folder, Checkpoint.IndexFile), overwrite: true);
            FolderFlush.Flush(folder);
        }
        finally
        {
            foreach (var file in staged) File.Delete(file);
            File.Delete(stagedIndex);
        }
    }

    private static void WriteIndex(string path, IReadOnlyList<TensorSource> tensors, List<List<TensorSource>> shards, List<string> names)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
            foreach (var tensor in shards[i]) map[tensor.Name] = names[i];
        var index = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["metadata"] = new Dictionary<string, long> { ["total_size"] = tensors.Sum(t => t.Bytes) },
            ["weight_map"] = map,
        };
        var text = JsonSerializer.Serialize(index, Indented).ReplaceLineEndings("\n");
        AtomicFile.WriteText(path, text + "\n");
    }

    /// <summary>Removes what an earlier save left; the index goes before its shards, and the single file only after a new index stands.</summary>
    private static void RemoveStale(string folder, int shards)
    {
        File.Delete(Path.Combine(folder, shards > 1 ? Checkpoint.SingleFile : Checkpoint.IndexFile));
        foreach (var path in Directory.EnumerateFiles(folder, "model-*.safetensors").ToList())
        {
            var match = ShardPattern().Match(Path.GetFileName(path));
            var isOurs = shards > 1 && match.Success && int.Parse(match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) == shards;
            if (match.Success && !isOurs) File.Delete(path);
        }
    }

    private static string ShardName(int number, int count) => FormattableString.Invariant($"model-{number:D5}-of-{count:D5}.safetensors");

    [GeneratedRegex(@"^model-(\d{5})-of-(\d{5})\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardPattern();
}
