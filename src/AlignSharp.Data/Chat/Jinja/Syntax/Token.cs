namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; a string literal's content.</param>
/// <param name="Line">Line where it stands, from 1.</param>
/// <param name="Number">A number's value.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, object? Number = null)
{
    public bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    public bool IsName(string text) => Kind == TokenKind.Name && Text == text;

    public override string ToString() => Kind switch
    {
        TokenKind.BlockEnd => "the end of the block tag",
        TokenKind.VariableEnd => "the end of the print tag",
        TokenKind.BlockBegin or TokenKind.VariableBegin => "the begin of a tag",
        TokenKind.End => "the end of the template",
        TokenKind.Data => "text",
        _ => $"'{Text}'",
    };
}
