using AlignSharp.Data.Faults;
using AlignSharp.Models.Llama;

namespace AlignSharp.Recipes;

/// <summary>Shapes of published models, for new models of the same size.</summary>
public static class NamedShapes
{
    private static readonly Dictionary<string, LlamaConfig> ByName = new(StringComparer.Ordinal)
    {
        ["llama-2-7b"] = new()
        {
            VocabularySize = 32000,
            HiddenSize = 4096,
            IntermediateSize = 11008,
            Layers = 32,
            Heads = 32,
            KeyValueHeads = 32,
            HeadDim = 128,
            MaxPositions = 4096,
            RmsNormEpsilon = 1e-5,
        },
        ["llama-2-13b"] = new()
        {
            VocabularySize = 32000,
            HiddenSize = 5120,
            IntermediateSize = 13824,
            Layers = 40,
            Heads = 40,
            KeyValueHeads = 40,
            HeadDim = 128,
            MaxPositions = 4096,
            RmsNormEpsilon = 1e-5,
        },
        ["llama-3.2-1b"] = new()
        {
            VocabularySize = 128256,
            HiddenSize = 2048,
            IntermediateSize = 8192,
            Layers = 16,
            Heads = 32,
            KeyValueHeads = 8,
            HeadDim = 64,
            MaxPositions = 131072,
            RmsNormEpsilon = 1e-5,
            RopeTheta = 500000,
            RopeScaling = new Llama3Rope(32, 1, 4, 8192),
            TieWordEmbeddings = true,
        },
        ["tinyllama-1.1b"] = new()
        {
            VocabularySize = 32000,
            HiddenSize = 2048,
            IntermediateSize = 5632,
            Layers = 22,
            Heads = 32,
            KeyValueHeads = 4,
            HeadDim = 64,
            MaxPositions = 2048,
            RmsNormEpsilon = 1e-5,
        },
        ["smollm2-135m"] = new()
        {
            VocabularySize = 49152,
            HiddenSize = 576,
            IntermediateSize = 1536,
            Layers = 30,
            Heads = 9,
            KeyValueHeads = 3,
            HeadDim = 64,
            MaxPositions = 8192,
            RmsNormEpsilon = 1e-5,
            RopeTheta = 100000,
            TieWordEmbeddings = true,
            InitializerRange = 1 / 24.0,
        },
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The shape of that name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ConfigurationException">There is no such shape.</exception>
    public static LlamaConfig Find(string name) => ByName.GetValueOrDefault(name)
        ?? throw new ConfigurationException($"shape: '{name}' is not known; expected {string.Join(", ", Names)}");
}
