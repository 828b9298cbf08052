namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>The tokens with a position.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    private int _at;

    public Token Current => tokens[_at];

    public Token Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public Token Next()
    {
        var token = tokens[_at];
        if (token.Kind != TokenKind.End) _at++;
        return token;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        Next();
        return true;
    }

    public bool SkipOperator(string sign)
    {
        if (!Current.IsOperator(sign)) return false;
        Next();
        return true;
    }

    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    public void ExpectOperator(string sign)
    {
        if (!SkipOperator(sign)) throw Unexpected($"'{sign}'");
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name)) throw Unexpected($"'{name}'");
    }

    public JinjaFault Unexpected(string expected) => JinjaFault.Syntax($"expected {expected}, found {Current}", Current.Line);
}
