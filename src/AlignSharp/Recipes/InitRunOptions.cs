using AlignSharp.Data.Faults;
using AlignSharp.Models.Llama;

namespace AlignSharp.Recipes;

/// <summary>Which model <c>align init</c> makes. The defaults are small enough to train on a laptop's processor.</summary>
public sealed record InitRunOptions
{
    // What the options leave alone; null for a model that is named after none.
    private LlamaConfig? Named { get; init; }

    /// <summary>The sizes of a published model with bfloat16 weights; options that are set afterwards differ from it.</summary>
    /// <param name="outputDir">The folder to write.</param>
    /// <param name="shape">One of <see cref="NamedShapes.Names"/>.</param>
    /// <exception cref="ConfigurationException">There is no such shape.</exception>
    public static InitRunOptions OfShape(string outputDir, string shape)
    {
        var named = NamedShapes.Find(shape);
        return new InitRunOptions
        {
            Named = named,
            OutputDir = outputDir,
            VocabularySize = named.VocabularySize,
            HiddenSize = named.HiddenSize,
            Layers = named.Layers,
            Heads = named.Heads,
            KeyValueHeads = named.KeyValueHeads == named.Heads ? null : named.KeyValueHeads,
            IntermediateSize = named.IntermediateSize,
            MaxPositions = named.MaxPositions,
            TieWordEmbeddings = named.TieWordEmbeddings,
            Dtype = DtypeChoice.BFloat16,
        };
    }

    /// <summary>Whether a published model's shape is the start: its vocabulary then keeps its size, however few tokens the tokenizer has.</summary>
    public bool IsNamed => Named is not null;

    /// <summary>The folder to write; it must not exist, or be empty. Required.</summary>
    public required string OutputDir { get; init; }

    /// <summary>Texts that the tokenizer is trained on: <c>.txt</c>, or <c>.jsonl</c> and <c>.json</c> rows, whose string fields are used. Default none: bytes are the tokens.</summary>
    public IReadOnlyList<string> TextFiles { get; init; } = [];

    /// <summary>Most tokens of the vocabulary, special tokens and the 256 bytes included; fewer come out when the texts have no more pairs. Default 4096.</summary>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>Width of the hidden state; a multiple of twice the heads. Default 256.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Decoder layers. Default 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Query heads. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Key-value heads, a divisor of the heads; null for as many as heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of the feed-forward layer; null for Llama's: 8/3 of the hidden size, rounded up to a multiple of 32.</summary>
    public int? IntermediateSize { get; init; }

    /// <summary>Longest sequence that the model is made for. Default 2048, as transformers.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Whether the output head shares the embedding's weights. Default false, as Llama 2.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Type of the saved weights. Default float32; auto is float32 too: a new model is there to be trained.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Float32;

    /// <summary>Seed of the weights; the tokenizer depends on the texts alone. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ConfigurationException">A number is not possible; the message names its option.</exception>
    public void Validate()
    {
        (string Key, int Value)[] sizes =
        [
            ("vocab_size", VocabularySize), ("hidden_size", HiddenSize), ("layers", Layers), ("heads", Heads), ("kv_heads", KeyValueHeads ?? 1),
            ("intermediate_size", IntermediateSize ?? 1), ("max_position_embeddings", MaxPositions),
        ];
        foreach (var (key, value) in sizes)
            if (value < 1) throw new ConfigurationException($"{key} is {value}; expected a whole number above 0");
        if (HiddenSize % (2 * Heads) != 0) throw new ConfigurationException($"hidden_size is {HiddenSize}; expected a multiple of {2 * Heads}: each of {Heads} heads has an even width, for rotary positions");
        if (KeyValueHeads is { } shared && Heads % shared != 0) throw new ConfigurationException($"kv_heads is {shared}; expected a divisor of heads ({Heads})");
    }

    /// <summary>The model's shape.</summary>
    /// <param name="vocabularySize">Tokens of the trained tokenizer.</param>
    internal LlamaConfig Shape(int vocabularySize) => Named is null ? Sizes(vocabularySize) : Sizes(vocabularySize) with
    {
        RmsNormEpsilon = Named.RmsNormEpsilon,
        RopeTheta = Named.RopeTheta,
        RopeScaling = Named.RopeScaling,
        InitializerRange = Named.InitializerRange,
    };

    private LlamaConfig Sizes(int vocabularySize) => new()
    {
        VocabularySize = vocabularySize,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize ?? (int)((8L * HiddenSize + 95) / 96 * 32),
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads ?? Heads,
        HeadDim = HiddenSize / Heads,
        MaxPositions = MaxPositions,
        TieWordEmbeddings = TieWordEmbeddings,
    };
}
