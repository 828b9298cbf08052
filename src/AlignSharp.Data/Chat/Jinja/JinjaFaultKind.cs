namespace AlignSharp.Data.Chat.Jinja;

/// <summary>Why a template stopped.</summary>
internal enum JinjaFaultKind
{
    /// <summary>The text is no template, or names something that does not exist.</summary>
    Syntax,

    /// <summary>The template called <c>raise_exception</c>.</summary>
    Raised,

    /// <summary>A name, attribute or element that is not there was used.</summary>
    Undefined,

    /// <summary>Python's TypeError.</summary>
    Type,

    /// <summary>Python's ValueError and its kin.</summary>
    Value,

    /// <summary>The sandbox forbids it.</summary>
    Security,

    /// <summary>A limit of the sandbox was reached.</summary>
    Limit,
}
