using AlignSharp.Data.Faults;
using AlignSharp.Quantization;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>4-bit weights among the tensors of a checkpoint, as bitsandbytes and transformers lay them out, and full-precision ones on their way into 4 bits.</summary>
internal static class FourBitTensors
{
    /// <summary>Elements that go through memory at once while a weight is quantised.</summary>
    public const long StretchElements = 1L << 24;

    private const string StatePrefix = "quant_state.bitsandbytes__";

    private static readonly string[] Parts = ["absmax", "quant_map", "nested_absmax", "nested_quant_map"];

    /// <summary>Whether a weight is stored in 4 bits.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="name">Name of the weight.</param>
    public static bool Holds(Checkpoint checkpoint, string name) => StateName(checkpoint, name) is not null;

    /// <summary>Names of the tensors that a stored 4-bit weight consists of.</summary>
    public static IEnumerable<string> Names(Checkpoint checkpoint, string name) =>
        [name, StateName(checkpoint, name)!, .. Parts.Select(part => $"{name}.{part}").Where(checkpoint.Contains)];

    /// <summary>The name of the weight that a tensor belongs to as a part, or null where it is a tensor of its own.</summary>
    public static string? WeightOf(Checkpoint checkpoint, string name)
    {
        var end = name.IndexOf(".weight.", StringComparison.Ordinal);
        if (end < 0) return null;
        var weight = name[..(end + ".weight".Length)];
        return checkpoint.Contains(weight) && Holds(checkpoint, weight) ? weight : null;
    }

    /// <summary>What the stored weight is said to be.</summary>
    public static FourBitState State(Checkpoint checkpoint, string name)
    {
        var state = StateName(checkpoint, name)!;
        var where = $"{checkpoint.PathOf(state)}: tensor '{state}'";
        using var bytes = Part(checkpoint, state, ScalarType.Byte, checkpoint.Entry(state).Bytes, where);
        var parsed = FourBitState.Parse(bytes.bytes, where);
        if (!state.EndsWith(FourBitCode.Of(parsed.Type).Name, StringComparison.Ordinal)) throw new ArtifactException($"{where}: says {FourBitCode.Of(parsed.Type).Name} inside and another code in its name");
        if (parsed.NestedBlockSize is not null != checkpoint.Contains($"{name}.nested_absmax"))
            throw new ArtifactException($"{where}: {(parsed.NestedBlockSize is null ? "names no nested scales, but" : "names nested scales, but no")} '{name}.nested_absmax' is there");
        return parsed;
    }

    /// <summary>Reads a stored weight; the caller owns it.</summary>
    /// <exception cref="ArtifactException">A part is missing, misshapen or not finite.</exception>
    public static FourBitWeight Read(Checkpoint checkpoint, string name)
    {
        using var scope = NewDisposeScope();
        var state = State(checkpoint, name);
        var (elements, where) = (state.Rows * state.Columns, checkpoint.PathOf(name));
        var blocks = (elements + state.BlockSize - 1) / state.BlockSize;
        var codes = checkpoint.ReadBytes(name);
        if (codes.numel() != (elements + 1) / 2) throw new ArtifactException($"{where}: tensor '{name}' has {codes.numel()} bytes; expected {(elements + 1) / 2} for [{state.Rows}, {state.Columns}] in 4 bits");
        var table = Finite("quant_map", FourBitMatrix.TableSize);
        if (state.NestedBlockSize is not { } nestedBlockSize) return Weight(Finite("absmax", blocks), null);
        var outer = Finite("nested_absmax", (blocks + nestedBlockSize - 1) / nestedBlockSize);
        return Weight(Part(checkpoint, $"{name}.absmax", ScalarType.Byte, blocks, where), new NestedScales(Finite("nested_quant_map", 256), outer, nestedBlockSize, state.NestedOffset));

        FourBitWeight Weight(Tensor scales, NestedScales? nested)
        {
            var storage = checkpoint.TypeOf(name);
            return new FourBitWeight(new FourBitMatrix(state.Rows, state.Columns, state.BlockSize, codes, table, scales, nested), state.Type, state.Recorded, storage);
        }

        Tensor Finite(string part, long count)
        {
            var values = Part(checkpoint, $"{name}.{part}", ScalarType.Float32, count, where);
            FiniteCheck.Require(values, where, $"{name}.{part}");
            return values;
        }
    }

    /// <summary>Reads a full-precision weight into 4 bits, a stretch at a time; the caller owns it.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="name">Name of the weight.</param>
    /// <param name="type">Type that the values are rounded to first, as transformers loads a model before it quantises.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public static FourBitWeight Quantize(Checkpoint checkpoint, string name, ScalarType type, FourBitOptions options)
    {
        var shape = checkpoint.Entry(name).Shape;
        using var quantizer = new FourBitQuantizer(shape[0], shape[1], type, options);
        var stored = checkpoint.TypeOf(name);
        var elements = shape[0] * shape[1];
        for (var done = 0L; done < elements; done += StretchElements)
        {
            using var scope = NewDisposeScope();
            var stretch = Buffers.Empty(stored, CPU, Math.Min(StretchElements, elements - done));
            checkpoint.ReadInto(name, done, stretch);
            quantizer.Append(stretch.to(type), $"{checkpoint.PathOf(name)}: tensor '{name}'");
        }
        return quantizer.Finish();
    }

    /// <summary>The tensors that a weight is saved as.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="weight">The weight; stays the caller's.</param>
    public static IEnumerable<TensorSource> Sources(string name, FourBitWeight weight)
    {
        var matrix = weight.Matrix;
        yield return new TensorSource(name, weight.Storage, [matrix.Codes.numel() / weight.Storage.ElementSize(), 1], () => Labelled(matrix.Codes, weight.Storage));
        yield return TensorSource.Of($"{name}.absmax", matrix.Scales);
        yield return TensorSource.Of($"{name}.quant_map", matrix.Table);
        if (matrix.Nested is { } nested)
        {
            yield return TensorSource.Of($"{name}.nested_absmax", nested.Outer);
            yield return TensorSource.Of($"{name}.nested_quant_map", nested.Map);
        }
        var state = FourBitState.Of(weight).Write();
        yield return new TensorSource($"{name}.{StatePrefix}{FourBitCode.Of(weight.Type).Name}", ScalarType.Byte, [state.Length], () => tensor(state));
    }

    // The same bytes as elements of another type.
    private static unsafe Tensor Labelled(Tensor codes, ScalarType storage)
    {
        using var onCpu = codes.cpu();
        var labelled = Buffers.Empty(storage, CPU, codes.numel() / storage.ElementSize(), 1);
        Buffer.MemoryCopy(TensorMemory.Address(onCpu), TensorMemory.Address(labelled), codes.numel(), codes.numel());
        return labelled;
    }

    private static string? StateName(Checkpoint checkpoint, string name) =>
        new[] { $"{name}.{StatePrefix}nf4", $"{name}.{StatePrefix}fp4" }.FirstOrDefault(checkpoint.Contains);

    private static Tensor Part(Checkpoint checkpoint, string name, ScalarType type, long count, string where)
    {
        if (!checkpoint.Contains(name)) throw new ArtifactException($"{where}: the part '{name}' of a 4-bit weight is missing; the download or the save was not complete");
        var entry = checkpoint.Entry(name);
        if (checkpoint.TypeOf(name) != type || entry.Shape.Aggregate(1L, (product, size) => product * size) != count)
            throw new ArtifactException($"{where}: tensor '{name}' is {entry.Dtype} [{string.Join(", ", entry.Shape)}]; expected {count} values of {type}");
        using var read = checkpoint.Read(name);
        return read.view(-1);
    }
}
