using AlignSharp.Adapters.Lora;
using AlignSharp.Diagnostics;
using AlignSharp.Models.Llama;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Planning;

/// <summary>What the options of a run mean for its memory and time, by the rules of <see cref="PolicyPreparation"/> and <see cref="References"/>.</summary>
internal static class RunShape
{
    /// <summary>The shape of a run, whose weights need not be loaded.</summary>
    /// <param name="options">The run.</param>
    /// <param name="source">Model and adapter.</param>
    /// <param name="type">Type to compute in.</param>
    /// <param name="rows">Rows of the training set.</param>
    public static TrainingShape Of(TrainingRunOptions options, ModelSource source, ScalarType type, int rows)
    {
        var shape = new TrainingShape
        {
            Model = source.Config.Shape,
            Type = type,
            Adapter = AdapterOf(options, source),
            AdapterType = options.AdapterDtype == DtypeChoice.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
            Optimizer = options.Optim,
            OptimizerArguments = options.OptimArgs,
            FourBit = options.FourBit ?? source.Config.Quantization?.Options,
            IsMapped = source.StoredType == type,
        };
        return options is DpoRunOptions dpo && dpo.Reference != ReferenceChoice.None ? WithReference(shape, dpo, source, rows) : shape;
    }

    // Dropout that does not act costs no time.
    private static LoraOptions? AdapterOf(TrainingRunOptions options, ModelSource source)
    {
        var adapter = source.Origin?.Options ?? (options.UsePeft ? AdapterChoice.Of(options) : null);
        return adapter is not null && options is DpoRunOptions { DisableDropout: true } ? adapter with { Dropout = 0 } : adapter;
    }

    /// <summary>The same, with what the process holds beside tensors.</summary>
    /// <param name="shape">The run.</param>
    /// <param name="adapterIsLoaded">Whether the adapter's matrices, which are no slabs, are there already.</param>
    public static TrainingShape InThisProcess(TrainingShape shape, bool adapterIsLoaded)
    {
        var tensors = SlabMemory.Shared.ReservedBytes + (adapterIsLoaded ? shape.TrainedBytes : 0);
        return shape with { ProcessBytes = Math.Max(0, ProcessMemory.Now().PrivateBytes - tensors) };
    }

    /// <summary>What this process can hold, with what it holds already.</summary>
    public static long Available()
    {
        var memory = ProcessMemory.Now();
        return memory.AvailableBytes + memory.PrivateBytes;
    }

    private static TrainingShape WithReference(TrainingShape shape, DpoRunOptions options, ModelSource source, int rows) => shape with
    {
        AsksReference = !options.PrecomputeRefLogProbs,
        RememberedRows = rows,
        FreezesAdapter = source.Origin is not null && options.Reference is ReferenceChoice.Auto or ReferenceChoice.Adapter,
        SecondModel = SecondModel(shape, options),
    };

    private static LlamaConfig? SecondModel(TrainingShape shape, DpoRunOptions options)
    {
        if (options.Reference != ReferenceChoice.Model) return shape.Adapter is null && !options.PrecomputeRefLogProbs ? shape.Model : null;
        References.RequireFolder(options.RefModelNameOrPath!);
        return ModelSource.Read(options.RefModelNameOrPath!, null).Config.Shape;
    }
}
