using AlignSharp.Checkpoints;
using AlignSharp.Data.Files;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Writes what a run leaves: the model or adapter with tokenizer, card and state, in <c>output_dir</c> and its checkpoints.</summary>
internal sealed class RunOutput(TrainingRunOptions options, Policy policy, ModelCardFacts card, RunLineage lineage, TrainerState state)
{
    /// <summary>A chat template in place of the tokenizer's, or null.</summary>
    public string? ChatTemplate { get; init; }

    private const string CheckpointPrefix = "checkpoint-";

    /// <summary>Whether a folder holds the result of an earlier run.</summary>
    public static bool HoldsResult(string folder) => AdapterConfigFile.Exists(folder) || File.Exists(Path.Combine(folder, ModelConfigReader.FileName));

    /// <summary>Saves the final result into <c>output_dir</c>.</summary>
    public void SaveResult(TrainingProgress progress) => SaveInto(options.OutputDir, progress);

    /// <summary>Saves <c>checkpoint-N</c>: written beside its place, renamed when complete; then the oldest beyond the limit go.</summary>
    public void SaveCheckpoint(TrainingProgress progress)
    {
        var target = Path.Combine(options.OutputDir, $"{CheckpointPrefix}{progress.Step}");
        var draft = Path.Combine(options.OutputDir, $"{AtomicFile.TemporaryPrefix}{CheckpointPrefix}{progress.Step}-{Environment.ProcessId}");
        Directory.CreateDirectory(draft);
        try
        {
            SaveInto(draft, progress);
            Discard(target);
            Directory.Move(draft, target);
        }
        catch
        {
            // On a full disk the unfinished checkpoint would also take the space that the user has to find.
            Directory.Delete(draft, recursive: true);
            throw;
        }
        FolderFlush.Flush(options.OutputDir);
        if (options.SaveTotalLimit is > 0 and var limit)
            foreach (var old in Checkpoints().SkipLast(limit)) Discard(old);
    }

    private void SaveInto(string folder, TrainingProgress progress)
    {
        if (policy.Adapter is { } adapter) AdapterFolder.Save(folder, adapter, policy.BaseFolder, policy.Origin);
        else ModelFolder.Save(folder, policy.Model, policy.Config, policy.BaseFolder);
        TokenizerCopy.Carry(policy.TokenizerFolder, folder);
        if (ChatTemplate is { } template) AtomicFile.WriteText(Path.Combine(folder, "chat_template.jinja"), template);
        ModelCard.Write(folder, options, policy, card, progress.Step);
        lineage.Write(folder);
        state.Write(folder, progress);
    }

    private IEnumerable<string> Checkpoints() =>
        from path in Directory.EnumerateDirectories(options.OutputDir, CheckpointPrefix + "*")
        let number = int.TryParse(Path.GetFileName(path)[CheckpointPrefix.Length..], out var n) ? n : -1
        where number >= 0
        orderby number
        select path;

    // Renamed before it is deleted, so that no half-deleted checkpoint ever has a checkpoint's name.
    private static void Discard(string folder)
    {
        if (!Directory.Exists(folder)) return;
        var trash = Path.Combine(Path.GetDirectoryName(folder)!, $"{AtomicFile.TemporaryPrefix}trash-{Path.GetFileName(folder)}-{Environment.ProcessId}");
        Directory.Move(folder, trash);
        Directory.Delete(trash, recursive: true);
    }
}
