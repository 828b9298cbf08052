using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes;

/// <summary>Whom <c>align chat</c> lets one talk to, and how answers are drawn; each turn adds 1 to the seed.</summary>
public sealed record ChatRunOptions : DrawingRunOptions
{
    /// <summary>The system message that conversations begin with; null or empty for none.</summary>
    public string? System { get; init; }

    /// <summary>A file with a chat template instead of the tokenizer folder's; default null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Refuses what cannot be used.</summary>
    /// <exception cref="ConfigurationException">An option cannot be used; the message names it.</exception>
    public void Validate() => ValidateDrawing();
}
