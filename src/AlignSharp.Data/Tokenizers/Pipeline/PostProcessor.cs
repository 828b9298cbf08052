using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>What is put around the ids of a single text.</summary>
/// <param name="Before">Ids in front (Llama: bos).</param>
/// <param name="After">Ids behind.</param>
internal sealed record PostProcessor(int[] Before, int[] After)
{
    private const int MostIds = 1_000;

    /// <summary>Adds nothing.</summary>
    public static PostProcessor None { get; } = new([], []);

    /// <summary>Reads the <c>post_processor</c> of a tokenizer.json.</summary>
    /// <exception cref="ArtifactException">A type that is not supported, or a template that does not hold its text exactly once.</exception>
    public static PostProcessor Read(ArtifactJson json) => json.Required("type").Text() switch
    {
        "ByteLevel" => None,
        "TemplateProcessing" => Template(json),
        "BertProcessing" or "RobertaProcessing" => new PostProcessor([PairId(json.Required("cls"))], [PairId(json.Required("sep"))]),
        "Sequence" => json.Required("processors").Items().Select(Read).Aggregate(None, (inner, outer) =>
            new PostProcessor([.. outer.Before, .. inner.Before], [.. inner.After, .. outer.After])),
        var type => throw json.Fault($"post-processor \"{type}\" is not supported; use a tokenizer with TemplateProcessing, ByteLevel, BertProcessing or RobertaProcessing"),
    };

    private static PostProcessor Template(ArtifactJson json)
    {
        List<int> before = [], after = [];
        var texts = 0;
        foreach (var step in json.Required("single").Items())
        {
            if (step.Find("SpecialToken") is { } special) (texts == 0 ? before : after).AddRange(SpecialIds(json, special));
            if (before.Count + after.Count > MostIds) throw step.Fault($"the template puts more than {MostIds} ids around a text");
            if (step.Find("SpecialToken") is not null) continue;
            if (step.Required("Sequence").Required("id").Text() == "A") texts++;
            else throw step.Fault("names a second text in the template of a single one");
        }
        return texts == 1 ? new PostProcessor([.. before], [.. after]) : throw json.Fault($"the template of a single text holds it {texts} times, expected once");
    }

    private static IEnumerable<int> SpecialIds(ArtifactJson json, ArtifactJson special)
        => json.Required("special_tokens").Required(special.Required("id").Text()).Required("ids").Items().Select(id => id.Integer());

    private static int PairId(ArtifactJson json)
        => json.Items().ElementAtOrDefault(1)?.Integer() ?? throw json.Fault("expected [token, id]");
}
