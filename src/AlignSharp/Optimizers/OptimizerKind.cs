using TorchSharp.Modules;

namespace AlignSharp.Optimizers;

/// <summary>An optimizer as the registry knows it.</summary>
/// <param name="Create">Makes it.</param>
/// <param name="Rule">What it does with a parameter, for counting its states.</param>
/// <param name="Keys">The adam_* keys that it reads.</param>
/// <param name="Arguments">The <c>optim_args</c> that it has.</param>
internal sealed record OptimizerKind(
    Func<IEnumerable<(string Name, Parameter Value)>, AdamWOptions, IReadOnlyDictionary<string, double>, Optimizer> Create,
    Func<AdamWOptions, IReadOnlyDictionary<string, double>, IUpdateRule> Rule,
    IReadOnlyList<string> Keys,
    IReadOnlyList<string> Arguments)
{
    private static readonly string[] AdamKeys = ["adam_beta1", "adam_beta2", "adam_epsilon"];

    public static OptimizerKind AdamW { get; } = new((parameters, options, _) => new AdamW(parameters, options), (options, _) => new AdamW.Rule(options), AdamKeys, []);

    public static OptimizerKind Adafactor { get; } = new((parameters, options, _) => new Adafactor(parameters, options), (_, _) => new Adafactor.Rule(), [], []);

    public static OptimizerKind Sgd { get; } = new(
        (parameters, options, arguments) => new StochasticGradientDescent(parameters, options, arguments.GetValueOrDefault("momentum")),
        (_, arguments) => StochasticGradientDescent.Rule(arguments.GetValueOrDefault("momentum")),
        [], ["momentum"]);

    public static OptimizerKind CompactAdamW(StateStorage storage) => new(
        (parameters, options, _) => new CompactAdamW(parameters, options, storage), (options, _) => Optimizers.CompactAdamW.Rule(options, storage), AdamKeys, []);

    public static OptimizerKind Lion(StateStorage storage) => new(
        (parameters, options, _) => new Lion(parameters, options, storage), (options, _) => Optimizers.Lion.Rule(options, storage), ["adam_beta1", "adam_beta2"], []);
}
