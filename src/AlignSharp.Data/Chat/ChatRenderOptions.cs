using System.Text.Json;

namespace AlignSharp.Data.Chat;

/// <summary>What a render takes beside the messages.</summary>
public sealed record ChatRenderOptions
{
    /// <summary>Whether the text ends with the header of an answer to come (<c>add_generation_prompt</c>); default false.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Tools as a JSON array of their schemas, or a text that holds one, or null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Documents for retrieval as a JSON array, or a text that holds one, or null for none.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Further variables, such as <c>enable_thinking</c>; they win over special tokens of the same name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>The clock of <c>strftime_now</c>, which Llama 3.1 and others print: give a fixed one where runs must repeat; default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The options for what a row gives beside its messages; the rest as by default.</summary>
    /// <param name="context">The row's tools, documents and variables.</param>
    public static ChatRenderOptions For(ChatContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new() { Tools = context.Tools, Documents = context.Documents, Variables = context.Variables };
    }
}
