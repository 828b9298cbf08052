using System.Globalization;
using System.Text;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>Backslash escapes of Python's string literals; one that is not known stays as it is.</summary>
internal static class StringEscapes
{
    public static string Decode(string text, int line)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var decoded = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                decoded.Append(text[i]);
                continue;
            }
            var c = text[++i];
            switch (c)
            {
                case '\n': break;
                case '\\' or '\'' or '"': decoded.Append(c); break;
                case 'n': decoded.Append('\n'); break;
                case 't': decoded.Append('\t'); break;
                case 'r': decoded.Append('\r'); break;
                case 'a': decoded.Append('\a'); break;
                case 'b': decoded.Append('\b'); break;
                case 'f': decoded.Append('\f'); break;
                case 'v': decoded.Append('\v'); break;
                case 'x': AppendHex(decoded, text, ref i, 2, line); break;
                case 'u': AppendHex(decoded, text, ref i, 4, line); break;
                case 'U': AppendHex(decoded, text, ref i, 8, line); break;
                case >= '0' and <= '7': AppendOctal(decoded, text, ref i); break;
                default: decoded.Append('\\').Append(c); break;
            }
        }
        return decoded.ToString();
    }

    private static void AppendHex(StringBuilder decoded, string text, ref int at, int digits, int line)
    {
        var end = at + 1 + digits;
        if (end > text.Length || !int.TryParse(text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
            throw JinjaFault.Syntax($"truncated \\{text[at]} escape in a string", line);
        at = end - 1;
        if (code > 0xFFFF) decoded.Append(char.ConvertFromUtf32(code));
        else decoded.Append((char)code);
    }

    private static void AppendOctal(StringBuilder decoded, string text, ref int at)
    {
        var code = 0;
        var end = Math.Min(text.Length, at + 3);
        for (; at < end && text[at] is >= '0' and <= '7'; at++) code = code * 8 + text[at] - '0';
        at--;
        decoded.Append((char)code);
    }
}
