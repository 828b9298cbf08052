using AlignSharp.Data.Faults;
using TorchSharp.Modules;

namespace AlignSharp.Optimizers;

/// <summary>The optimizers by transformers' <c>optim</c> and the schedules by its <c>lr_scheduler_type</c>.</summary>
public static class Registry
{
    private static readonly StateStorage Paged = new(IsPaged: true), EightBit = new(IsEightBit: true), PagedEightBit = new(IsEightBit: true, IsPaged: true);

    private static readonly Dictionary<string, OptimizerKind> Optimizers = new(StringComparer.Ordinal)
    {
        ["adamw_torch"] = OptimizerKind.AdamW,
        ["adamw_torch_fused"] = OptimizerKind.AdamW,
        ["adamw_8bit"] = OptimizerKind.CompactAdamW(EightBit),
        ["adamw_bnb_8bit"] = OptimizerKind.CompactAdamW(EightBit),
        ["paged_adamw"] = OptimizerKind.CompactAdamW(Paged),
        ["paged_adamw_32bit"] = OptimizerKind.CompactAdamW(Paged),
        ["paged_adamw_8bit"] = OptimizerKind.CompactAdamW(PagedEightBit),
        ["lion"] = OptimizerKind.Lion(default),
        ["lion_32bit"] = OptimizerKind.Lion(default),
        ["lion_8bit"] = OptimizerKind.Lion(EightBit),
        ["paged_lion_32bit"] = OptimizerKind.Lion(Paged),
        ["paged_lion_8bit"] = OptimizerKind.Lion(PagedEightBit),
        ["adafactor"] = OptimizerKind.Adafactor,
        ["sgd"] = OptimizerKind.Sgd,
    };

    private static readonly Dictionary<string, Func<Request, ILearningRateSchedule>> Schedules = new(StringComparer.Ordinal)
    {
        ["constant"] = _ => new ConstantSchedule(),
        ["constant_with_warmup"] = r => new ConstantWithWarmupSchedule(r.Span),
        ["linear"] = r => new LinearSchedule(r.Span),
        ["cosine"] = r => new CosineSchedule(r.Span, r.Take("num_cycles", 0.5)),
        ["cosine_with_restarts"] = r => new CosineWithRestartsSchedule(r.Span, r.Take("num_cycles", 1)),
        ["cosine_with_min_lr"] = r => new CosineWithMinimumSchedule(r.Span, r.TakeMinimum(), r.Take("num_cycles", 0.5)),
        ["polynomial"] = r => new PolynomialSchedule(r.Span, r.TakeEnd(), r.Take("power", 1)),
        ["inverse_sqrt"] = r => new InverseSquareRootSchedule(r.Span),
        ["warmup_stable_decay"] = r => new WarmupStableDecaySchedule(
            r.Span, r.TakeSteps("num_stable_steps"), r.TakeSteps("num_decay_steps"), r.Take("min_lr_ratio", 0), r.Take("num_cycles", 0.5)),
    };

    /// <summary>Known values of <c>optim</c>.</summary>
    public static IReadOnlyCollection<string> OptimizerNames => Optimizers.Keys;

    /// <summary>Known values of <c>lr_scheduler_type</c>.</summary>
    public static IReadOnlyCollection<string> ScheduleNames => Schedules.Keys;

    /// <summary>Creates an optimizer.</summary>
    /// <param name="name">One of <see cref="OptimizerNames"/>.</param>
    /// <param name="parameters">Trainable parameters by name; they stay the model's.</param>
    /// <param name="options">Its parameters; those that it does not have are not read (<see cref="KeysOf"/>).</param>
    /// <param name="arguments"><c>optim_args</c>.</param>
    /// <returns>Owned by the caller.</returns>
    /// <exception cref="ConfigurationException">The name or an argument is unknown, or an argument is out of range.</exception>
    /// <exception cref="DiskFullException">Paged states do not fit on the disk.</exception>
    public static Optimizer CreateOptimizer(string name, IEnumerable<(string Name, Parameter Value)> parameters, AdamWOptions options, IReadOnlyDictionary<string, double> arguments)
    {
        CheckArguments(name, arguments);
        return Kind(name).Create(parameters, options, arguments);
    }

    /// <summary>Bytes of the states that an optimizer keeps, without making it.</summary>
    /// <param name="name">One of <see cref="OptimizerNames"/>.</param>
    /// <param name="parameters">What it will update.</param>
    /// <param name="arguments"><c>optim_args</c>.</param>
    /// <exception cref="ConfigurationException">The name or an argument is unknown, or an argument is out of range.</exception>
    public static long StateBytes(string name, IEnumerable<ParameterShape> parameters, IReadOnlyDictionary<string, double> arguments)
    {
        CheckArguments(name, arguments);
        var rule = Kind(name).Rule(new AdamWOptions(), arguments);
        return parameters.Sum(parameter => rule.States(parameter).Sum(state => state.Bytes));
    }

    /// <summary>The keys of transformers' TrainingArguments beyond <c>learning_rate</c>, <c>weight_decay</c> and <c>max_grad_norm</c> that an optimizer reads.</summary>
    /// <param name="name">One of <see cref="OptimizerNames"/>.</param>
    /// <exception cref="ConfigurationException">The name is unknown.</exception>
    public static IReadOnlyList<string> KeysOf(string name) => Kind(name).Keys;

    /// <summary>Refuses <c>optim_args</c> that an optimizer does not have, or that are out of range.</summary>
    /// <param name="name">One of <see cref="OptimizerNames"/>.</param>
    /// <param name="arguments">They.</param>
    /// <exception cref="ConfigurationException">One line that names the argument.</exception>
    public static void CheckArguments(string name, IReadOnlyDictionary<string, double> arguments)
    {
        var known = Kind(name).Arguments;
        if (arguments.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
            throw new ConfigurationException($"optim_args: '{unknown}' means nothing to optim '{name}'; it takes {(known.Count == 0 ? "no arguments" : string.Join(", ", known))}");
        if (arguments.FirstOrDefault(argument => argument.Value is not (>= 0 and < 1)) is { Key: not null } wrong)
            throw new ConfigurationException(FormattableString.Invariant($"optim_args: '{wrong.Key}' is {wrong.Value}; expected 0 to below 1"));
    }

    /// <summary>Creates a schedule.</summary>
    /// <param name="name">One of <see cref="ScheduleNames"/>.</param>
    /// <param name="span">Warm-up and length of the run.</param>
    /// <param name="baseRate">The run's <c>learning_rate</c>, to which <c>min_lr</c> and <c>lr_end</c> relate.</param>
    /// <param name="arguments"><c>lr_scheduler_kwargs</c>.</param>
    /// <exception cref="ConfigurationException">The name or an argument is unknown, or a required argument is missing.</exception>
    public static ILearningRateSchedule CreateSchedule(string name, ScheduleSpan span, double baseRate, IReadOnlyDictionary<string, double> arguments)
    {
        if (!Schedules.TryGetValue(name, out var create))
            throw new ConfigurationException($"lr_scheduler_type: '{name}' is not known; expected one of {string.Join(", ", ScheduleNames)}");
        var request = new Request(name, span, baseRate, arguments);
        var schedule = create(request);
        request.RefuseTheRest();
        return schedule;
    }

    private static OptimizerKind Kind(string name) =>
        Optimizers.TryGetValue(name, out var kind) ? kind : throw new ConfigurationException($"optim: '{name}' is not known; expected one of {string.Join(", ", OptimizerNames)}");

    private sealed class Request(string name, ScheduleSpan span, double baseRate, IReadOnlyDictionary<string, double> arguments)
    {
        private readonly HashSet<string> _taken = [];

        public ScheduleSpan Span => span;

        public double Take(string key, double? fallback)
        {
            _taken.Add(key);
            if (arguments.TryGetValue(key, out var value)) return value;
            return fallback ?? throw new ConfigurationException($"lr_scheduler_kwargs: lr_scheduler_type '{name}' needs '{key}'");
        }

        public int TakeSteps(string key)
        {
            var steps = Take(key, null);
            return steps >= 0 && steps == Math.Floor(steps) ? (int)steps : throw new ConfigurationException(FormattableString.Invariant($"lr_scheduler_kwargs: '{key}' is {steps}; expected a whole number of updates, 0 or more"));
        }

        // transformers: exactly one of the two must be given.
        public double TakeMinimum()
        {
            _taken.UnionWith(["min_lr", "min_lr_rate"]);
            return (arguments.TryGetValue("min_lr", out var rate), arguments.TryGetValue("min_lr_rate", out var share)) switch
            {
                (true, false) => rate / baseRate,
                (false, true) => share,
                _ => throw new ConfigurationException($"lr_scheduler_kwargs: lr_scheduler_type '{name}' needs exactly one of 'min_lr' and 'min_lr_rate'"),
            };
        }

        public double TakeEnd()
        {
            var end = Take("lr_end", 1e-7);
            if (end >= baseRate) throw new ConfigurationException(FormattableString.Invariant($"lr_scheduler_kwargs: 'lr_end' ({end}) must be below learning_rate ({baseRate})"));
            return end / baseRate;
        }

        public void RefuseTheRest()
        {
            if (arguments.Keys.FirstOrDefault(key => !_taken.Contains(key)) is { } unknown)
                throw new ConfigurationException($"lr_scheduler_kwargs: '{unknown}' means nothing to lr_scheduler_type '{name}'; it takes {(_taken.Count == 0 ? "no arguments" : string.Join(", ", _taken))}");
        }
    }
}
