using System.CommandLine;
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

    /// <summary>Adds the options.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="dtype">Default of <c>--dtype</c>, as the help shows it.</param>
    public ModelOptions(CommandOptions options, string dtype)
    {
        _model = options.Required("model", "DIR", "Model folder, or an adapter folder, whose base is then resolved.");
        _adapter = options.Value("adapter", "DIR", "Adapter folder for the model.");
        _dtype = options.Value("dtype", "TYPE", $"Precision: auto (bfloat16 where the hardware multiplies it natively, else float32), float32, bfloat16, float16 [{dtype}].");
        _device = options.Value("device", "DEVICE", "auto (the first GPU, else the CPU), cpu, cuda or cuda:N [auto].");
        _loadIn4Bit = options.Switch("load_in_4bit", "Not available in this version: refused.");
    }

    /// <summary>The model folder.</summary>
    public string Model(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>The adapter folder, or null.</summary>
    public string? Adapter(ParseResult parsed) => parsed.GetValue(_adapter);

    /// <summary>The precision, or null when none was given.</summary>
    /// <exception cref="Data.Faults.ConfigurationException">It is not known, or 4-bit weights were asked for.</exception>
    public DtypeChoice? Dtype(ParseResult parsed) => parsed.GetValue(_loadIn4Bit)
        ? throw new Data.Faults.ConfigurationException("option --load_in_4bit: 4-bit weights are not available in this version; leave the option out")
        : CommandOptions.Choice(parsed, _dtype, Dtypes);

    /// <summary>The device.</summary>
    public string Device(ParseResult parsed) => parsed.GetValue(_device) ?? "auto";
}
