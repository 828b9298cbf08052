using System.Globalization;
using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Turns the texts of tokens into pieces of the decoded text, which are joined at the end.</summary>
internal delegate List<string> Decoder(List<string> tokens);

/// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
internal static class DecoderReader
{
    /// <summary>Builds the decoder.</summary>
    /// <exception cref="ArtifactException">A type that is not supported.</exception>
    public static Decoder Read(ArtifactJson json) => json.Required("type").Text() switch
    {
        "Sequence" => Sequence([.. json.Required("decoders").Items().Select(Read)]),
        "Replace" => Each(TextPattern.Read(json.Required("pattern")).Replacer(json.Required("content").ShortText())),
        "ByteFallback" => ByteFallback,
        "Fuse" => tokens => [string.Concat(tokens)],
        "Strip" => Strip(json),
        "ByteLevel" => ByteLevel,
        "Metaspace" => Metaspace(json),
        var type => throw json.Fault($"decoder \"{type}\" is not supported; use a tokenizer whose decoders are Replace, ByteFallback, Fuse, Strip, ByteLevel or Metaspace"),
    };

    private static Decoder Sequence(Decoder[] steps) => tokens =>
    {
        var given = Characters(tokens);
        foreach (var step in steps)
        {
            tokens = step(tokens);
            TextGrowth.Check(Characters(tokens), given, "decoder");
        }
        return tokens;
    };

    private static long Characters(List<string> tokens)
    {
        var characters = 0L;
        foreach (var token in tokens) characters += token.Length;
        return characters;
    }

    private static Decoder Each(Func<string, string> change) => tokens => tokens.ConvertAll(token => change(token));

    private static Decoder Strip(ArtifactJson json)
    {
        var content = json.Required("content").Text();
        if (content.Length != 1) throw json.Fault($"content \"{content}\" of Strip is not one character");
        var (start, stop) = (json.Required("start").Integer(), json.Required("stop").Integer());
        return Each(token =>
        {
            var (left, right) = (0, token.Length);
            while (left < start && left < token.Length && token[left] == content[0]) left++;
            while (token.Length - right < stop && right > left && token[right - 1] == content[0]) right--;
            return token[left..right];
        });
    }

    private static Decoder Metaspace(ArtifactJson json)
    {
        var replacement = json.Find("replacement")?.ShortText() ?? "\u2581";
        var scheme = json.Find("prepend_scheme")?.Text() ?? (json.Flag("add_prefix_space", true) ? "always" : "never");
        // In the first token HF drops every replacement character, not only the one that was prepended.
        var first = scheme == "never" ? " " : "";
        return tokens => [.. tokens.Select((token, i) => token.Replace(replacement, i == 0 ? first : " ", StringComparison.Ordinal))];
    }

    /// <summary>Runs of byte tokens become text; a run that is not UTF-8 as a whole becomes one U+FFFD per byte, as in HF.</summary>
    private static List<string> ByteFallback(List<string> tokens)
    {
        var output = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (var token in tokens)
        {
            if (TryByte(token, out var value))
            {
                run.Add(value);
                continue;
            }
            Flush();
            output.Add(token);
        }
        Flush();
        return output;

        void Flush()
        {
            if (run.Count == 0) return;
            var bytes = run.ToArray();
            output.Add(System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : new string('\uFFFD', bytes.Length));
            run.Clear();
        }
    }

    private static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Stand-ins become bytes; a token with any other character stands for its own UTF-8 bytes. Bad bytes become U+FFFD, one per maximal part.</summary>
    private static List<string> ByteLevel(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var before = bytes.Count;
            foreach (var character in token)
            {
                if (ByteLevelAlphabet.TryToByte(character, out var value))
                {
                    bytes.Add(value);
                    continue;
                }
                bytes.RemoveRange(before, bytes.Count - before);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }
        return [Encoding.UTF8.GetString(bytes.ToArray())];
    }
}
