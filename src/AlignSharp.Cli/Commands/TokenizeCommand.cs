using System.CommandLine;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align tokenize</c>: texts to token ids, and back.</summary>
internal static class TokenizeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("tokenize", "Turn the texts of a file into token ids, a JSON line a row; or ids into texts with --decode.");
        var options = new CommandOptions(command);
        var tokenizer = options.Required("tokenizer", "DIR", "Folder with tokenizer.json or tokenizer.model.");
        var noSpecialTokens = options.Switch("no_special_tokens", "Leave out what the tokenizer puts around a text (Llama: the bos in front).");
        var decode = options.Switch("decode", "Turn rows with ids into text.");
        var skipSpecialTokens = options.Switch("skip_special_tokens", "With --decode: leave special tokens out of the text.");
        var file = options.File("Rows with text, or with ids for --decode: .jsonl, or .json with an array.");
        command.SetAction(parsed =>
        {
            RequireFitting(parsed.GetValue(decode), parsed.GetValue(noSpecialTokens), parsed.GetValue(skipSpecialTokens));
            var (path, output) = (parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output);
            var loaded = TokenizerFolder.Load(parsed.GetRequiredValue(tokenizer));
            if (parsed.GetValue(decode)) Decode(loaded, path, parsed.GetValue(skipSpecialTokens), output);
            else Encode(loaded, path, !parsed.GetValue(noSpecialTokens), output);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void RequireFitting(bool decode, bool noSpecialTokens, bool skipSpecialTokens)
    {
        if (decode && noSpecialTokens) throw new ConfigurationException("option --no_special_tokens is for encoding; with --decode use --skip_special_tokens");
        if (!decode && skipSpecialTokens) throw new ConfigurationException("option --skip_special_tokens is for --decode; to encode use --no_special_tokens");
    }

    private static void Encode(ITokenizer tokenizer, string path, bool addSpecialTokens, TextWriter output)
    {
        foreach (var row in TextFiles.Texts(path)) JsonLines.Write(output, new { Ids = tokenizer.Encode(row.Text, addSpecialTokens) });
    }

    private static void Decode(ITokenizer tokenizer, string path, bool skipSpecialTokens, TextWriter output)
    {
        foreach (var row in TextFiles.Ids(path)) JsonLines.Write(output, new { Text = Decode(tokenizer, row, skipSpecialTokens) });
    }

    private static string Decode(ITokenizer tokenizer, IdsRow row, bool skipSpecialTokens)
    {
        try
        {
            return tokenizer.Decode(row.Ids, skipSpecialTokens);
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new DatasetException($"{row.Source}: field 'ids' has the id {fault.ActualValue}, which the tokenizer's vocabulary lacks; use the tokenizer that made the ids.", fault);
        }
    }
}
