using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Models.Llama;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Evaluation;

/// <summary>A tiny model as its own reference over ten pairs, which counts how often it is asked.</summary>
internal sealed class TinyReference(long seed = 5, ScalarType type = ScalarType.Float32) : IReferenceSource, IDisposable
{
    public const int BatchSize = 4;

    public LlamaModel Model { get; } = TinyLlama.Create(TinyLlama.Config, seed, type: type);

    public IReadOnlyList<TokenizedPair> Pairs { get; } = TinyPairs.Create(10, seed: 3);

    /// <summary>Batches that were asked for.</summary>
    public int Calls { get; private set; }

    /// <summary>Called at each batch with its number, from 1.</summary>
    public Action<int> Asked { get; init; } = _ => { };

    public ReferencePass Pass(int batchSize = BatchSize) => new(Model, this, Pairs, batchSize);

    public ReferenceLogpsKey Key => new()
    {
        Model = "the model's hash",
        Adapter = ReferenceLogpsKey.None,
        Tokenizer = ReferenceLogpsKey.None,
        Pairs = ReferenceLogpsKey.HashOf(Pairs),
        BatchPairs = BatchSize,
        BatchTokens = int.MaxValue,
        Dtype = "float32",
        Device = "cpu",
        Threads = 2,
    };

    public PairLogps Logps(TokenBatch batch, IReadOnlyList<int> rows)
    {
        Asked(++Calls);
        return new ModelReference(Model).Logps(batch, rows);
    }

    public void Dispose() => Model.Dispose();
}
