namespace AlignSharp.Data.Chat;

/// <summary>A conversation as the text that the model reads.</summary>
/// <param name="Text">The text, special tokens included: tokenize it without adding any.</param>
/// <param name="AssistantSpans">
/// The assistant's parts in the order of the text, not overlapping unless the template nests its blocks; empty if the template ran
/// through no <c>{% generation %}</c> block. Null if such a block stood inside a macro, a call, a filter or a set block: where its
/// text went is not known, so no mask can be made.
/// </param>
public sealed record RenderedChat(string Text, IReadOnlyList<AssistantSpan>? AssistantSpans);
