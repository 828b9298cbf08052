using System.CommandLine;
using AlignSharp.Quantization;
using AlignSharp.Recipes;

namespace AlignSharp.Cli;

/// <summary>The options that name a model and where it computes.</summary>
internal sealed class ModelOptions
{
    /// <summary>The types by the names that users write.</summary>
    public static readonly IReadOnlyDictionary<string, DtypeChoice> Dtypes = new Dictionary<string, DtypeChoice>(StringComparer.Ordinal)
    {
        ["auto"] = DtypeChoice.Auto,
        ["float32"] = DtypeChoice.Float32,
        ["bfloat16"] = DtypeChoice.BFloat16,
        ["float16"] = DtypeChoice.Float16,
    };

    private readonly Option<string> _model;
    private readonly Option<string?> _adapter, _dtype, _device;
    private readonly Option<bool> _loadIn4Bit;
    private readonly FourBitSwitches _fourBit;

    /// <summary>Adds the options.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="dtype">Default of <c>--dtype</c>, as the help shows it.</param>
    public ModelOptions(CommandOptions options, string dtype)
    {
        _model = options.Required("model", "DIR", "Model folder, or an adapter folder, whose base is then resolved.");
        _adapter = options.Value("adapter", "DIR", "Adapter folder for the model.");
        _dtype = options.Value("dtype", "TYPE", $"Precision: auto (bfloat16 where the hardware multiplies it natively, else float32), float32, bfloat16, float16 [{dtype}].");
        _device = options.Value("device", "DEVICE", "auto (the first GPU, else the CPU), cpu, cuda or cuda:N [auto].");
        _loadIn4Bit = options.Switch("load_in_4bit", "Quantise a model in full precision to 4 bits as it is loaded; one that is stored in 4 bits needs no switch.");
        _fourBit = new FourBitSwitches(options, doubleQuantization: false);
    }

    /// <summary>The model folder.</summary>
    public string Model(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>The adapter folder, or null.</summary>
    public string? Adapter(ParseResult parsed) => parsed.GetValue(_adapter);

    /// <summary>The precision, or null when none was given.</summary>
    /// <exception cref="Data.Faults.ConfigurationException">It is not known.</exception>
    public DtypeChoice? Dtype(ParseResult parsed) => CommandOptions.Choice(parsed, _dtype, Dtypes);

    /// <summary>How to quantise, or null when it was not asked for.</summary>
    /// <exception cref="Data.Faults.ConfigurationException">A choice is not known, or is made without quantisation.</exception>
    public FourBitOptions? FourBit(ParseResult parsed)
    {
        if (parsed.GetValue(_loadIn4Bit)) return _fourBit.Read(parsed);
        return _fourBit.Given(parsed) is { } given ? throw new Data.Faults.ConfigurationException($"option {given}: means nothing without --load_in_4bit; give both, or neither") : null;
    }

    /// <summary>The device.</summary>
    public string Device(ParseResult parsed) => parsed.GetValue(_device) ?? "auto";
}
