using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Quantization;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>A model folder in the 4 bits of bitsandbytes, as transformers saves it: <c>align quantize</c>.</summary>
public static class QuantizeRecipe
{
    /// <summary>Quantises. The output folder appears when it is complete, or not at all. Memory peaks at the quantised model and a part of a tensor.</summary>
    /// <param name="options">What to read and write.</param>
    /// <param name="cancellation">Checked before reading and before writing.</param>
    /// <exception cref="AlignSharpException">A fault of configuration or files.</exception>
    public static QuantizeReport Run(QuantizeRunOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (AdapterConfigFile.Exists(options.Model))
            throw new ConfigurationException($"model: {options.Model} is an adapter; quantise its base, or merge first (align merge)");
        var config = ModelConfigReader.Read(options.Model);
        if (config.Quantization is not null) throw new ConfigurationException($"model: {options.Model} is in 4 bits already; give the model in full precision");
        using var draft = FolderDraft.Begin(options.OutputDir);
        ComputeThreads.Configure(null);
        cancellation.ThrowIfCancellationRequested();
        var type = options.Dtype == DtypeChoice.Auto ? Stored(options.Model) : ComputePlace.Type(options.Dtype, CPU);
        using var model = ModelFolder.Load(options.Model, config, type, CPU, around: null, options.FourBit);
        cancellation.ThrowIfCancellationRequested();
        ModelFolder.Save(draft.Path, model, config with { Quantization = new QuantizationConfig(options.FourBit, type) }, options.Model, options.MaxShardBytes);
        TokenizerCopy.Carry(options.Model, draft.Path);

        var weights = ModelFolder.QuantizedProjections(model).Select(p => p.Value.Weight.Matrix).ToArray();
        var report = new QuantizeReport(
            options.OutputDir, weights.Length, FourBitCode.Of(options.FourBit.Type).Name, options.FourBit.DoubleQuantization,
            8.0 * weights.Sum(weight => weight.Bytes) / Math.Max(1, weights.Sum(weight => weight.Rows * weight.Columns)), Bytes(options.Model), Bytes(draft.Path));
        draft.Complete();
        return report;
    }

    private static ScalarType Stored(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return checkpoint.TypeOf("model.layers.0.self_attn.q_proj.weight");
    }

    private static long Bytes(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return checkpoint.Files.Sum(file => new FileInfo(file).Length);
    }
}
