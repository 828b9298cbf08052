using System.Security.Cryptography;
using System.Text;
using AlignSharp.Data.Files;

namespace AlignSharp.Data.Pairs;

/// <summary>What decides the token ids of a data set; equal keys give equal ids.</summary>
/// <param name="Kind">What the rows become: <c>pairs</c> or <c>sequences</c>.</param>
/// <param name="DataFiles">The files, by path for messages and by content.</param>
/// <param name="TokenizerFiles">The tokenizer's files.</param>
/// <param name="Template">The chat template's text; null for none.</param>
/// <param name="Reading">How rows are read: mapping, filter, shapes and the like, one line each.</param>
public sealed record TokenCacheKey(string Kind, IReadOnlyList<string> DataFiles, IReadOnlyList<string> TokenizerFiles, string? Template, IReadOnlyList<string> Reading)
{
    /// <summary>SHA-256 over all of it, and over the code that tokenises, as 64 hex digits. Reads every file.</summary>
    /// <param name="cancellation">Checked between files.</param>
    public string Digest(CancellationToken cancellation)
    {
        var text = new StringBuilder();
        text.Append(Kind).Append('\n').Append(typeof(TokenCacheKey).Module.ModuleVersionId).Append('\n');
        foreach (var file in DataFiles)
        {
            cancellation.ThrowIfCancellationRequested();
            text.Append(file).Append(' ').Append(FileHash.Sha256(file)).Append('\n');
        }
        text.Append(FileHash.Sha256(TokenizerFiles, cancellation)).Append('\n');
        text.Append(Template is null ? "no template" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Template)))).Append('\n');
        foreach (var line in Reading) text.Append(line.Length).Append(' ').Append(line).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
