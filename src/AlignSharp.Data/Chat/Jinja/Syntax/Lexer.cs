using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens as Jinja does with trim_blocks and lstrip_blocks set: the first newline behind a block tag goes,
/// and so does white space between the start of a line and a block tag; a minus inside a tag strips all white space on its side.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;

    /// <summary>Whether the last tag ended with a newline, so that text behind it begins a line.</summary>
    private bool _lineStarting = true;

    private Lexer(string source) => _source = source;

    public static List<Token> Read(string template)
    {
        var lexer = new Lexer(Normalize(template));
        lexer.ReadAll();
        return lexer._tokens;
    }

    /// <summary>All line ends become \n, and one at the very end goes.</summary>
    private static string Normalize(string template)
    {
        var source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return source.EndsWith('\n') ? source[..^1] : source;
    }

    private void ReadAll()
    {
        while (_at < _source.Length)
        {
            var tag = FindTag();
            if (tag < 0)
            {
                AddData(_source[_at..]);
                break;
            }
            var sign = SignAt(tag + 2);
            var kind = _source[tag + 1];
            AddData(StripEnd(_source[_at..tag], sign, keepIndent: kind == '{'), _source[_at..tag]);
            _at = tag + (sign is '-' or '+' ? 3 : 2);
            if (kind == '#') SkipComment();
            else if (kind == '%' && TryRawTag()) ReadRaw();
            else ReadTag(kind);
        }
        _tokens.Add(new Token(TokenKind.End, "", _line));
    }

    private int FindTag()
    {
        for (var at = _source.IndexOf('{', _at); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
            if (_source[at + 1] is '{' or '%' or '#') return at;
        return -1;
    }

    private char SignAt(int at) => at < _source.Length && _source[at] is ('-' or '+') ? _source[at] : ' ';

    private string StripEnd(string text, char sign, bool keepIndent)
    {
        if (sign == '-') return Operations.StringTrim.End(text, null);
        if (sign == '+' || keepIndent) return text;
        var line = text.LastIndexOf('\n') + 1;
        return (line > 0 || _lineStarting) && text.AsSpan(line).Trim().IsEmpty ? text[..line] : text;
    }

    private void AddData(string text, string? raw = null)
    {
        if (text.Length > 0) _tokens.Add(new Token(TokenKind.Data, text, _line));
        CountLines(raw ?? text);
    }

    private void CountLines(ReadOnlySpan<char> text) => _line += text.Count('\n');

    private void SkipComment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0) throw JinjaFault.Syntax("Missing end of comment tag", _line);
        var sign = end > _at ? _source[end - 1] : ' ';
        CountLines(_source.AsSpan(_at, end - _at));
        _at = end;
        EndTag(sign, trimsNewline: true);
    }

    /// <summary>Goes behind an end of tag such as %} and the white space that the sign before it asks to strip.</summary>
    private void EndTag(char sign, bool trimsNewline)
    {
        var start = _at;
        _at += 2;
        if (sign == '-')
            while (_at < _source.Length && CodePoints.IsSpace(_source[_at])) _at++;
        else if (trimsNewline && sign != '+' && _at < _source.Length && _source[_at] == '\n') _at++;
        CountLines(_source.AsSpan(start, _at - start));
        _lineStarting = _source[_at - 1] == '\n';
    }

    /// <summary>If {% raw %} stands here, goes behind it.</summary>
    private bool TryRawTag()
    {
        var at = SkipSpace(_at);
        if (string.CompareOrdinal(_source, at, "raw", 0, 3) != 0) return false;
        at = SkipSpace(at + 3);
        var sign = at < _source.Length && _source[at] == '-' ? '-' : ' ';
        if (sign == '-') at++;
        if (string.CompareOrdinal(_source, at, "%}", 0, 2) != 0) return false;
        CountLines(_source.AsSpan(_at, at - _at));
        _at = at;
        EndTag(sign, trimsNewline: false);
        return true;
    }

    private void ReadRaw()
    {
        for (var tag = _source.IndexOf("{%", _at, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            var sign = SignAt(tag + 2);
            var at = SkipSpace(tag + (sign == ' ' ? 2 : 3));
            if (string.CompareOrdinal(_source, at, "endraw", 0, 6) != 0) continue;
            at = SkipSpace(at + 6);
            var endSign = SignAt(at);
            if (endSign != ' ') at++;
            if (string.CompareOrdinal(_source, at, "%}", 0, 2) != 0) continue;
            var text = _source[_at..tag];
            AddData(StripEnd(text, sign, keepIndent: false), text);
            CountLines(_source.AsSpan(tag, at - tag));
            _at = at;
            EndTag(endSign, trimsNewline: true);
            return;
        }
        throw JinjaFault.Syntax("Missing end of raw directive", _line);
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && CodePoints.IsSpace(_source[at])) at++;
        return at;
    }

    private void ReadTag(char kind)
    {
        var isBlock = kind == '%';
        _tokens.Add(new Token(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, "", _line));
        var reader = new TagReader(_source, _at, _line, isBlock);
        reader.Read(_tokens);
        (_at, _line) = (reader.At, reader.Line);
        _tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, "", _line));
        EndTag(reader.EndSign, trimsNewline: isBlock);
    }
}
