using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes;

/// <summary>What <c>align generate</c> completes, and how.</summary>
public sealed record GenerateRunOptions : DrawingRunOptions
{
    /// <summary>A prompt; this or <see cref="PromptsFile"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>A <c>.jsonl</c> or <c>.json</c> file with prompts as text or ids.</summary>
    public string? PromptsFile { get; init; }

    /// <summary>Completions a prompt; default 1.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>Whether completions are wanted as text, so that a model without a tokenizer is refused at once.</summary>
    public bool RequireText { get; init; }

    /// <summary>Refuses what contradicts itself.</summary>
    /// <exception cref="ConfigurationException">It does; the message names the option.</exception>
    public void Validate()
    {
        if (Prompt is null == PromptsFile is null) throw new ConfigurationException("give either --prompt TEXT or --prompts FILE");
        if (NumReturnSequences < 1) throw new ConfigurationException($"num_return_sequences is {NumReturnSequences}; expected a whole number above 0");
        ValidateDrawing();
    }
}
