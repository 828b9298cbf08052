namespace AlignSharp.Data.Tokenizers.SentencePiece;

/// <summary>The kinds of piece that a SentencePiece model has, with the numbers of its file format.</summary>
internal enum PieceType
{
    /// <summary>An ordinary piece.</summary>
    Normal = 1,

    /// <summary>The unknown piece.</summary>
    Unknown = 2,

    /// <summary>A control piece such as <c>&lt;s&gt;</c>; in a text it is ordinary text.</summary>
    Control = 3,

    /// <summary>A piece that is cut out of the text first. Not supported.</summary>
    UserDefined = 4,

    /// <summary>A piece that takes part in merges but not in the result. Not supported.</summary>
    Unused = 5,

    /// <summary>A byte, as <c>&lt;0xXX&gt;</c>.</summary>
    Byte = 6,
}

/// <summary>An entry of the vocabulary.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Score">Its score: higher merges first.</param>
/// <param name="Type">Its kind.</param>
internal readonly record struct Piece(string Text, float Score, PieceType Type);
