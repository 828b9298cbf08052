using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using TorchSharp;

namespace AlignSharp.Evaluation;

/// <summary>
/// Keeps what references said about data sets in a folder, a file for each key, so that a later run need not ask again. What lies there
/// is checked before it is used; whatever is wrong with it costs a note and the computation, never the run. Processes may share the folder.
/// </summary>
/// <param name="folder">The folder; created when something is kept.</param>
/// <param name="note">Receives one line a fact that the user should know.</param>
public sealed class ReferenceCache(string folder, Action<string> note)
{
    // The name holds half of the digest's digits; the whole key stands in the file and is compared.
    private const int NameDigits = 32;

    /// <summary>Log-probabilities of a data set: from the folder where they are there and right, else computed and kept.</summary>
    /// <param name="key">What decides the numbers.</param>
    /// <param name="pass">Computes them.</param>
    /// <param name="cancellation">Checked between batches; nothing is kept then.</param>
    public ReferenceLogps Logps(ReferenceLogpsKey key, ReferencePass pass, CancellationToken cancellation = default)
    {
        var path = Path.Combine(folder, $"{key.Digest[..NameDigits]}.safetensors");
        if (Recall(path, key, pass) is { } kept)
        {
            note($"reference log-probabilities: read from {path} ({kept.Rows} pairs)");
            return kept;
        }
        note("computing the reference's log-probabilities");
        var computed = pass.All(cancellation);
        Keep(path, key, computed);
        return computed;
    }

    private ReferenceLogps? Recall(string path, ReferenceLogpsKey key, ReferencePass pass)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var kept = ReferenceLogpsFile.Read(path, key, pass.Rows);
            if (Disagreement(kept, pass) is not { } disagreement) return kept;
            note($"reference log-probabilities: {path} is not used, {disagreement}");
        }
        catch (ArtifactException fault)
        {
            note($"reference log-probabilities: a file of the cache is not used, {Cause(fault)}");
        }
        return null;
    }

    // A right checksum says that nothing was damaged since; a batch computed again says that the numbers were right in the first place.
    private static string? Disagreement(ReferenceLogps kept, ReferencePass pass)
    {
        var computed = pass.FirstBatch();
        var tolerance = Tolerance(pass.ComputeType);
        for (var row = 0; row < computed.Rows; row++)
        {
            if (!IsNear(kept.Chosen[row], computed.Chosen[row], tolerance)) return Words(row, "chosen", kept.Chosen[row], computed.Chosen[row]);
            if (!IsNear(kept.Rejected[row], computed.Rejected[row], tolerance)) return Words(row, "rejected", kept.Rejected[row], computed.Rejected[row]);
        }
        return null;
    }

    // Not a number is near nothing, itself included.
    private static bool IsNear(float kept, float computed, double tolerance) => Math.Abs((double)kept - computed) <= tolerance * Math.Max(1, Math.Abs(computed));

    /// <summary>
    /// How far a log-probability may move, relative to its size or absolute below 1. Equal keys give equal bits where kernels always add in
    /// one order. Where they do not, it moves as it does between batch sizes: up to 3e-6, 3e-3 and 1e-2 on Llamas of six layers.
    /// </summary>
    internal static double Tolerance(torch.ScalarType type) => type switch
    {
        torch.ScalarType.BFloat16 => 5e-2,
        torch.ScalarType.Float16 => 1e-2,
        _ => 5e-5,
    };

    private static string Words(int row, string completion, float kept, float computed) => string.Create(CultureInfo.InvariantCulture,
        $"row {row + 1} has {kept} for the {completion} completion where the reference now says {computed}");

    private void Keep(string path, ReferenceLogpsKey key, ReferenceLogps computed)
    {
        try
        {
            Directory.CreateDirectory(folder);
            ReferenceLogpsFile.Write(path, key, computed);
            note($"reference log-probabilities: computed and kept in {path} ({computed.Rows} pairs)");
        }
        // Also on a full disk: the numbers are in memory and right, and the run may yet end well. What it must write itself still fails aloud.
        catch (Exception fault) when (fault is AlignSharpException or IOException or UnauthorizedAccessException)
        {
            note($"reference log-probabilities: computed, but not kept for later runs, {Cause(fault)}; {UserCache.Variable} names another cache folder");
        }
    }

    // A fault's remedy follows its last semicolon, and is meant for files that only the user can mend.
    private static string Cause(Exception fault) => fault is AlignSharpException && fault.Message.LastIndexOf("; ", StringComparison.Ordinal) is > 0 and var end ? fault.Message[..end] : fault.Message;
}
