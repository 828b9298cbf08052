using AlignSharp.Benchmarks.Shapes;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Step;

/// <summary>What <c>step</c> was asked to measure.</summary>
internal sealed record StepOptions
{
    private static readonly LengthRange Varied = new(32, 256);

    /// <summary>Names of the options with a value.</summary>
    public static IReadOnlyList<string> Values { get; } =
        ["dtype", "pairs", "prompt", "completion", .. ModelShape.Options, "rank", "steps", "seed", "json", SideRun.Option];

    /// <summary>Names of the switches.</summary>
    public static IReadOnlyList<string> Switches { get; } = ["quick", "checkpointing", "reference_known"];

    private static readonly int[] SmallWidths = [64, 256], QuickWidths = [64];
    private static readonly int[] FullGrowth = [1, 4, 16, 64], QuickGrowth = [1, 4, 16];
    private static readonly ScalarType[] BothTypes = [ScalarType.Float32, ScalarType.BFloat16];

    // Any of these asks for one shape only; the seed and the number of steps go for every shape.
    private static readonly string[] ShapeOptions = ["dtype", "pairs", "prompt", "completion", .. ModelShape.Options, "rank", "checkpointing", "reference_known"];

    /// <summary>The shapes, in the order of the table.</summary>
    public required IReadOnlyList<StepShape> Shapes { get; init; }

    /// <summary>A small model with 1, 4, 16... pairs a step, of which only our side is measured; empty when one shape was asked for.</summary>
    public required IReadOnlyList<StepShape> Growth { get; init; }

    /// <summary>A small model over many steps, whose memory is watched; null when one shape was asked for.</summary>
    public required StepShape? Endurance { get; init; }

    /// <summary>How long to look for the best rate of matrix products.</summary>
    public required TimeSpan GemmTime { get; init; }

    /// <summary>Reads the options.</summary>
    /// <param name="arguments">The options.</param>
    /// <exception cref="Data.Faults.ConfigurationException">A value is wrong, or the engine cannot do it.</exception>
    public static StepOptions Read(Arguments arguments)
    {
        var quick = arguments.Has("quick");
        var model = quick ? ModelShape.Quick : ModelShape.Standard;
        var whole = new StepShape
        {
            Name = "as given",
            Model = ModelShape.Read(arguments, model),
            Type = Dtypes.Read(arguments),
            Pairs = arguments.Whole("pairs", 4),
            Prompt = arguments.Text("prompt") is { } prompt ? LengthRange.Parse("prompt", prompt) : Fixed(quick),
            Completion = arguments.Text("completion") is { } completion ? LengthRange.Parse("completion", completion) : Fixed(quick),
            Rank = arguments.Whole("rank", 8),
            Steps = arguments.Whole("steps", quick ? 3 : 5),
            Seed = arguments.Whole("seed", 1, least: 0),
            ReferenceKnown = arguments.Has("reference_known"),
            Checkpointing = arguments.Has("checkpointing"),
        };
        var one = arguments.Has(ShapeOptions);
        return new StepOptions
        {
            Shapes = one ? [whole] : [.. Standard(whole, quick), .. Small(whole, quick)],
            Growth = one ? [] : GrowthOf(whole, quick),
            Endurance = one ? null : EnduranceOf(whole, quick),
            GemmTime = TimeSpan.FromSeconds(quick ? 0.2 : 1),
        };
    }

    private static LengthRange Fixed(bool quick) => quick ? new(48, 48) : new(128, 128);

    private static IEnumerable<StepShape> Standard(StepShape shape, bool quick)
    {
        var varied = quick ? new LengthRange(12, 96) : Varied;
        yield return shape with { Name = "bf16 fixed" };
        yield return shape with { Name = "bf16 varied", Prompt = varied, Completion = varied };
        yield return shape with { Name = "fp32 fixed", Type = ScalarType.Float32 };
        yield return shape with { Name = "bf16 varied, reference known", Prompt = varied, Completion = varied, ReferenceKnown = true };
        yield return shape with { Name = "bf16 fixed, checkpointing", Checkpointing = true };
    }

    private static IEnumerable<StepShape> Small(StepShape shape, bool quick) =>
        from hidden in quick ? QuickWidths : SmallWidths
        from type in BothTypes
        select shape with { Name = $"{Dtypes.NameOf(type)} hidden {hidden}", Model = SmallModel(hidden), Type = type, Steps = 4 * shape.Steps };

    private static IReadOnlyList<StepShape> GrowthOf(StepShape shape, bool quick) =>
    [
        .. from pairs in quick ? QuickGrowth : FullGrowth
           select shape with { Name = $"{pairs} pairs", Model = SmallModel(256), Pairs = pairs, Prompt = new(64, 64), Completion = new(64, 64) },
    ];

    private static StepShape EnduranceOf(StepShape shape, bool quick) => shape with
    {
        Name = "memory",
        Model = SmallModel(64),
        Type = ScalarType.Float32,
        Prompt = new(8, 64),
        Completion = new(8, 64),
        Steps = quick ? 60 : 500,
    };

    private static ModelShape SmallModel(int hidden) => new(hidden, Layers: 4, Heads: 4, KvHeads: 4, Inter: 4 * hidden, Vocab: 512);
}
