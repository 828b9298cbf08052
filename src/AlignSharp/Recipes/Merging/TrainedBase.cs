using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Quantization;

namespace AlignSharp.Recipes.Merging;

/// <summary>What adapters were trained over, as far as the options, the base's folder and the adapters' lineage tell, and what they are merged into.</summary>
/// <param name="FourBit">How a base in full precision was quantised when it was loaded; null where it was not, or is stored in 4 bits.</param>
/// <param name="IsStored">Whether the base's folder has 4-bit weights.</param>
/// <param name="Target">What the adapters are merged into; never <see cref="MergeTarget.Auto"/>.</param>
internal sealed record TrainedBase(FourBitOptions? FourBit, bool IsStored, MergeTarget Target)
{
    /// <summary>Whether the weights were of 4 bits.</summary>
    public bool IsFourBit => IsStored || FourBit is not null;

    /// <summary>How the weights that are merged into come into being: quantised as they are loaded, or as their folder has them.</summary>
    public FourBitOptions? Loading => Target == MergeTarget.Original ? null : FourBit;

    /// <summary>Finds out.</summary>
    /// <param name="options">The options.</param>
    /// <param name="baseFolder">The base.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="shares">The adapters.</param>
    /// <param name="note">Receives a line where the lineage decides.</param>
    /// <exception cref="ConfigurationException">The options ask for what the base does not have.</exception>
    public static TrainedBase Of(MergeRunOptions options, string baseFolder, ModelConfig config, IReadOnlyList<AdapterShare> shares, Action<string> note)
    {
        var isStored = config.Quantization is not null;
        if (isStored && options.FourBit is not null) throw new ConfigurationException($"load_in_4bit: {baseFolder} is in 4 bits already; leave the option out");
        var fourBit = options.FourBit ?? (isStored ? null : FromLineage(shares, note));
        var isFourBit = isStored || fourBit is not null;
        var target = options.Into == MergeTarget.Auto ? isFourBit ? MergeTarget.Dequantized : MergeTarget.Original : options.Into;
        if (target == MergeTarget.Original && isStored) throw new ConfigurationException($"into: {baseFolder} has no original weights, only those of 4 bits; give the folder in full precision as model, with load_in_4bit if the adapters do not tell");
        if (target is MergeTarget.Dequantized or MergeTarget.Quantized && !isFourBit) throw new ConfigurationException($"into: {baseFolder} is in full precision, and the adapters do not say that they were trained over 4 bits; add load_in_4bit, or leave into out");
        if (options.SaveAdapter && options.Into != MergeTarget.Auto) throw new ConfigurationException("into: a summed adapter is merged into nothing; leave into out, or save_adapter");
        if (target == MergeTarget.Quantized && options.Dtype is not null) throw new ConfigurationException("dtype: what is merged back into 4 bits keeps its own types; leave dtype out, or into");
        return new TrainedBase(fourBit, isStored, target);
    }

    // What align writes beside its results; PEFT's own folders do not tell.
    private static FourBitOptions? FromLineage(IReadOnlyList<AdapterShare> shares, Action<string> note)
    {
        foreach (var share in shares)
        {
            if (Lineage.TryRead(share.Folder)?.Configuration is not { } settings || Setting("load_in_4bit") != "true") continue;
            var options = new FourBitOptions
            {
                Type = Setting("bnb_4bit_quant_type") == "fp4" ? FourBitType.Fp4 : FourBitType.Nf4,
                DoubleQuantization = (Setting("use_bnb_nested_quant") ?? Setting("bnb_4bit_use_double_quant")) == "true",
                SkipModules = Setting("llm_int8_skip_modules") is { } skipped ? skipped.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null,
            };
            note($"{share.Folder}: was trained over the base in {options.Type.ToString().ToLowerInvariant()}{(options.DoubleQuantization ? " with nested scales" : "")}, says its {Lineage.FileName}");
            return options;
            string? Setting(string key) => settings.GetValueOrDefault(key);
        }
        return null;
    }
}
