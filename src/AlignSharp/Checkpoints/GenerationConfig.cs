using AlignSharp.Data.Faults;

namespace AlignSharp.Checkpoints;

/// <summary>How a model folder's <c>generation_config.json</c> says that completions are drawn; null where it says nothing.</summary>
public sealed record GenerationConfig
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "generation_config.json";

    /// <summary>Whether to draw (<c>do_sample</c>); false is greedy.</summary>
    public bool? DoSample { get; init; }

    /// <summary>Divides the logits (<c>temperature</c>).</summary>
    public double? Temperature { get; init; }

    /// <summary>Keeps the k most probable tokens (<c>top_k</c>); 0 keeps all.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the smallest set of tokens whose probability reaches this (<c>top_p</c>).</summary>
    public double? TopP { get; init; }

    /// <summary>Makes tokens that occurred less probable (<c>repetition_penalty</c>).</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Most tokens of a completion (<c>max_new_tokens</c>).</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Reads a folder's file; a folder without one says nothing.</summary>
    /// <param name="folder">A Hugging Face model folder.</param>
    /// <exception cref="ArtifactException">The file is malformed.</exception>
    public static GenerationConfig Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new GenerationConfig();
        var fields = new ConfigFields(path, JsonObjectFile.Read(path));
        double? Number(string key) => fields.Has(key) ? fields.Number(key) : null;
        int? Whole(string key) => fields.Has(key) ? fields.Int(key) : null;
        return new GenerationConfig
        {
            DoSample = fields.Has("do_sample") ? fields.Flag("do_sample", false) : null,
            Temperature = Number("temperature"),
            TopK = Whole("top_k"),
            TopP = Number("top_p"),
            RepetitionPenalty = Number("repetition_penalty"),
            MaxNewTokens = Whole("max_new_tokens"),
        };
    }
}
