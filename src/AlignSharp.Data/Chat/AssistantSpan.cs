namespace AlignSharp.Data.Chat;

/// <summary>A part of a rendered conversation that the assistant says: what a <c>{% generation %}</c> block wrote.</summary>
/// <param name="Start">Index of its first character in the text, in UTF-16 units as .NET counts.</param>
/// <param name="End">Index behind its last character.</param>
public readonly record struct AssistantSpan(int Start, int End)
{
    /// <summary>Characters in it, in UTF-16 units.</summary>
    public int Length => End - Start;
}
