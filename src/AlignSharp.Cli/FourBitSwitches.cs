using System.CommandLine;
using AlignSharp.Quantization;

namespace AlignSharp.Cli;

/// <summary>The options that say how weights become 4 bits, by bitsandbytes' names.</summary>
internal sealed class FourBitSwitches
{
    private static readonly Dictionary<string, FourBitType> Types = new(StringComparer.Ordinal) { ["nf4"] = FourBitType.Nf4, ["fp4"] = FourBitType.Fp4 };
    private static readonly Dictionary<string, bool> Truths = new(StringComparer.Ordinal) { ["true"] = true, ["false"] = false };

    private readonly bool _doubleQuantization;
    private readonly Option<string?> _type, _nested;

    /// <summary>Adds the options.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="doubleQuantization">Whether scales are quantised unless another choice is made.</param>
    public FourBitSwitches(CommandOptions options, bool doubleQuantization)
    {
        _doubleQuantization = doubleQuantization;
        _type = options.Value("bnb_4bit_quant_type", "CODE", "4-bit code: nf4 or fp4 [nf4].");
        _nested = options.Value("bnb_4bit_use_double_quant", "BOOL", $"Quantise the scales as well, true or false [{(doubleQuantization ? "true" : "false")}].");
    }

    /// <summary>The choices.</summary>
    /// <exception cref="Data.Faults.ConfigurationException">One is not known.</exception>
    public FourBitOptions Read(ParseResult parsed) => new()
    {
        Type = CommandOptions.Choice(parsed, _type, Types) ?? FourBitType.Nf4,
        DoubleQuantization = CommandOptions.Choice(parsed, _nested, Truths) ?? _doubleQuantization,
    };

    /// <summary>Name of an option that was given, or null.</summary>
    public string? Given(ParseResult parsed) => parsed.GetValue(_type) is not null ? _type.Name : parsed.GetValue(_nested) is not null ? _nested.Name : null;
}
