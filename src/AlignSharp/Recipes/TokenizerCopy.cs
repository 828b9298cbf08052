using AlignSharp.Data.Files;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Recipes;

/// <summary>Carries a tokenizer's files along with a model.</summary>
internal static class TokenizerCopy
{
    /// <summary>Copies the files byte by byte; nothing happens where there are none, or where both folders are the same.</summary>
    public static void Carry(string from, string to)
    {
        if (Path.GetFullPath(from) == Path.GetFullPath(to)) return;
        foreach (var file in TokenizerFolder.Files(from))
            AtomicFile.Write(Path.Combine(to, Path.GetFileName(file)), target =>
            {
                using var source = File.OpenRead(Path.Combine(from, Path.GetFileName(file)));
                source.CopyTo(target);
            });
    }
}
