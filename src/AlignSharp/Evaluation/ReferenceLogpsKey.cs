using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AlignSharp.Data.Pairs;

namespace AlignSharp.Evaluation;

/// <summary>
/// Everything that decides, to the last bit, what a reference says about a data set. Files and rows count by content, never by path.
/// Two equal keys mean the same numbers; the parts can be compared, so that a difference has a name.
/// </summary>
public sealed record ReferenceLogpsKey
{
    /// <summary>Version of this engine's arithmetic. It rises with every change that moves a log-probability, be it by rounding.</summary>
    public const int CurrentNumerics = 1;

    /// <summary>What stands for an adapter or a tokenizer that is not there.</summary>
    public const string None = "none";

    /// <summary>Hash over the files of the reference's model: configuration and weights.</summary>
    public required string Model { get; init; }

    /// <summary>Hash over the files of the adapter that the reference keeps on its model, or <see cref="None"/>.</summary>
    public required string Adapter { get; init; }

    /// <summary>Hash over the files of the tokenizer, or <see cref="None"/>.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Hash over the token ids, see <see cref="HashOf"/>.</summary>
    public required string Pairs { get; init; }

    /// <summary>Most pairs of a batch: a matrix product rounds differently when its sizes differ.</summary>
    public required int BatchPairs { get; init; }

    /// <summary>Most tokens of a batch.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Weight of a longer completion's surplus tokens in its sum, <c>ld_alpha</c>; 1 is the plain sum.</summary>
    public double LdAlpha { get; init; } = 1;

    /// <summary>Type that the reference computes in, as configurations spell it.</summary>
    public required string Dtype { get; init; }

    /// <summary>Kind of device, with what its kernels are chosen by.</summary>
    public required string Device { get; init; }

    /// <summary>Threads inside an operation: how a sum is divided decides how it rounds.</summary>
    public required int Threads { get; init; }

    /// <summary>Version of the arithmetic that made the numbers.</summary>
    public int Numerics { get; init; } = CurrentNumerics;

    /// <summary>The parts by name, in a fixed order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parts =>
    [
        new("model", Model), new("adapter", Adapter), new("tokenizer", Tokenizer), new("pairs", Pairs), new("batch_pairs", Number(BatchPairs)), new("batch_tokens", Number(BatchTokens)),
        new("dtype", Dtype), new("device", Device), new("threads", Number(Threads)), new("numerics", Number(Numerics)),
        new("ld_alpha", LdAlpha.ToString("R", CultureInfo.InvariantCulture)),
    ];

    /// <summary>SHA-256 over the parts, 64 lower-case hex digits.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Parts.Select(part => $"{part.Key}={part.Value}\n")))));

    /// <summary>SHA-256 over the token ids of pairs in order; where the rows came from does not count.</summary>
    /// <param name="pairs">Pairs as they are trained on, after truncation.</param>
    public static string HashOf(IReadOnlyList<TokenizedPair> pairs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pair in pairs)
        {
            // With the lengths before them the same ids, split elsewhere, are another pair.
            hash.AppendData(MemoryMarshal.AsBytes<int>([pair.PromptIds.Length, pair.ChosenIds.Length, pair.RejectedIds.Length]));
            foreach (var ids in (int[][])[pair.PromptIds, pair.ChosenIds, pair.RejectedIds]) hash.AppendData(MemoryMarshal.AsBytes<int>(ids));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
