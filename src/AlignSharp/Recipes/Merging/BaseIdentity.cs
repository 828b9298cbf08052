using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Merging;

/// <summary>Whether a base is the one that adapters were trained on. Shapes do not tell: a model and its fine-tuned version have the same.</summary>
internal static class BaseIdentity
{
    /// <summary>Compares the base with what the adapters' <see cref="Lineage"/> says.</summary>
    /// <param name="baseFolder">The base.</param>
    /// <param name="adapters">The adapters.</param>
    /// <param name="allowOther">Whether another base is a note and not a fault.</param>
    /// <param name="cancellation">Checked between files.</param>
    /// <returns>A line for each adapter whose base could not be checked, or is another one.</returns>
    /// <exception cref="ConfigurationException">An adapter was trained on another base.</exception>
    public static IReadOnlyList<string> Check(string baseFolder, IReadOnlyList<AdapterShare> adapters, bool allowOther, CancellationToken cancellation)
    {
        var notes = new List<string>();
        LineageModel? found = null;
        foreach (var adapter in adapters)
        {
            if (Lineage.TryRead(adapter.Folder)?.BaseModel is not { } trainedOn)
            {
                notes.Add($"{adapter.Folder}: has no {Lineage.FileName} that names its base, so nobody can tell whether {baseFolder} is the one it was trained on");
                continue;
            }
            found ??= LineageModel.Of(baseFolder, cancellation);
            if (string.Equals(found.Sha256, trainedOn.Sha256, StringComparison.OrdinalIgnoreCase)) continue;
            var difference = $"{adapter.Folder} was trained on the base {trainedOn.Path ?? "of another name"} (SHA-256 {Short(trainedOn)}), but {baseFolder} is another model (SHA-256 {Short(found)})";
            if (!allowOther) throw new ConfigurationException($"{difference}; give that base, or allow_other_base if you mean this one");
            notes.Add($"{difference}; merged all the same, as allow_other_base says");
        }
        return notes;
    }

    private static string Short(LineageModel model) => model.Sha256.Length > 12 ? model.Sha256[..12] + "..." : model.Sha256;
}
