namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Number,
    Operator,
    End,
}
