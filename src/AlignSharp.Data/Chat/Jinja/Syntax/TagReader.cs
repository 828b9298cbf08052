using System.Globalization;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>Cuts the inside of one tag into tokens, up to its end.</summary>
internal sealed class TagReader(string source, int start, int line, bool isBlock)
{
    private static readonly string[] LongOperators = ["**", "//", "==", "!=", ">=", "<="];
    private readonly Stack<char> _open = [];
    private readonly string _end = isBlock ? "%}" : "}}";

    /// <summary>Where it stands: at the end at the first character of %} or }}.</summary>
    public int At { get; private set; } = start;

    public int Line { get; private set; } = line;

    /// <summary>The minus or plus before the end of the tag, or a space.</summary>
    public char EndSign { get; private set; } = ' ';

    public void Read(List<Token> tokens)
    {
        while (true)
        {
            SkipSpace();
            if (At >= source.Length) throw JinjaFault.Syntax($"the tag is not closed, expected {_end}", Line);
            if (_open.Count == 0 && IsAtEnd()) return;
            tokens.Add(Next());
        }
    }

    /// <summary>An end of the tag counts only outside of brackets.</summary>
    private bool IsAtEnd()
    {
        if (StartsWith(_end, At)) return true;
        var isSign = source[At] == '-' || (isBlock && source[At] == '+');
        if (!isSign || !StartsWith(_end, At + 1)) return false;
        EndSign = source[At++];
        return true;
    }

    private Token Next()
    {
        var c = source[At];
        if (char.IsAsciiDigit(c)) return ReadNumber();
        if (char.IsLetter(c) || c == '_') return ReadName();
        if (c is '\'' or '"') return ReadString(c);
        foreach (var sign in LongOperators)
            if (StartsWith(sign, At)) return Operator(sign);
        if (!"+-/*%~[](){}><=.:|,;".Contains(c, StringComparison.Ordinal)) throw JinjaFault.Syntax($"unexpected char {PythonText.Repr(c.ToString())}", Line);
        Balance(c);
        return Operator(c.ToString());
    }

    private void Balance(char c)
    {
        if (c is '(' or '[' or '{') _open.Push(c switch { '(' => ')', '[' => ']', _ => '}' });
        if (c is not (')' or ']' or '}')) return;
        if (_open.Count == 0) throw JinjaFault.Syntax($"unexpected '{c}'", Line);
        var expected = _open.Pop();
        if (expected != c) throw JinjaFault.Syntax($"unexpected '{c}', expected '{expected}'", Line);
    }

    private Token Operator(string sign)
    {
        At += sign.Length;
        return new Token(TokenKind.Operator, string.Intern(sign), Line);
    }

    private Token ReadName()
    {
        var from = At;
        while (At < source.Length && (char.IsLetterOrDigit(source[At]) || source[At] == '_')) At++;
        return new Token(TokenKind.Name, source[from..At], Line);
    }

    private Token ReadNumber()
    {
        var from = At;
        if (source[At] == '0' && At + 2 < source.Length && (source[At + 1] | 32) is ('x' or 'o' or 'b') && char.IsAsciiHexDigit(source[At + 2]))
        {
            At += 2;
            SkipWhile(char.IsAsciiHexDigit);
            var text = source[from..At];
            return new Token(TokenKind.Number, text, Line, Numbers.ParseInteger(text, 0) ?? throw JinjaFault.Syntax($"'{text}' is no number", Line));
        }
        SkipWhile(char.IsAsciiDigit);
        // Behind a dot stands an element's number: in a.0.1 there is no 0.1.
        var isFloat = (from == 0 || source[from - 1] != '.') && TakeFraction() | TakeExponent();
        var digits = source[from..At];
        object? value = isFloat
            ? double.Parse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture)
            : Numbers.ParseInteger(digits);
        return new Token(TokenKind.Number, digits, Line, value ?? throw JinjaFault.Syntax($"'{digits}' is no number", Line));
    }

    private bool TakeFraction()
    {
        if (At + 1 >= source.Length || source[At] != '.' || !char.IsAsciiDigit(source[At + 1])) return false;
        At++;
        SkipWhile(char.IsAsciiDigit);
        return true;
    }

    private bool TakeExponent()
    {
        if (At >= source.Length || (source[At] | 32) != 'e') return false;
        var digits = At + 1 < source.Length && source[At + 1] is ('+' or '-') ? At + 2 : At + 1;
        if (digits >= source.Length || !char.IsAsciiDigit(source[digits])) return false;
        At = digits;
        SkipWhile(char.IsAsciiDigit);
        return true;
    }

    private Token ReadString(char quote)
    {
        var from = ++At;
        while (At < source.Length && source[At] != quote) At += source[At] == '\\' ? 2 : 1;
        if (At >= source.Length) throw JinjaFault.Syntax("a string is not closed", Line);
        var text = source[from..At++];
        var token = new Token(TokenKind.String, StringEscapes.Decode(text, Line), Line);
        Line += text.AsSpan().Count('\n');
        return token;
    }

    private void SkipWhile(Func<char, bool> test)
    {
        while (At < source.Length && (test(source[At]) || (source[At] == '_' && At + 1 < source.Length && test(source[At + 1])))) At++;
    }

    private void SkipSpace()
    {
        for (; At < source.Length && CodePoints.IsSpace(source[At]); At++)
            if (source[At] == '\n') Line++;
    }

    private bool StartsWith(string text, int at) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;
}
