using System.CommandLine;
using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Merging;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align merge</c>: adapters into their base, verified.</summary>
internal static class MergeCommand
{
    private static readonly Dictionary<string, MergeTarget> Targets = new(StringComparer.Ordinal)
    {
        ["auto"] = MergeTarget.Auto,
        ["dequantized"] = MergeTarget.Dequantized,
        ["original"] = MergeTarget.Original,
        ["4bit"] = MergeTarget.Quantized,
    };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("merge", "Merge LoRA adapters into their full-precision base, and verify the folder that was written.");
        var options = new CommandOptions(command);
        var model = options.Required("model", "DIR", "Model folder, or an adapter folder, whose base is then resolved and which is the first adapter.");
        var adapters = options.Values("adapter", "DIR", "Adapter folder; several are added in the order given.");
        var weights = options.Values("weights", "W", "A factor for each adapter, repeated or separated by commas [1 each].");
        var combination = options.Value("combination", "NAME", "merge or cat: the exact sum of the weighted updates; or PEFT's linear, svd, ties, dare_linear, dare_ties, magnitude_prune [merge].");
        var density = options.Value("density", "D", "Share of elements that ties, dare_linear, dare_ties and magnitude_prune leave.");
        var signMethod = options.Value("majority_sign_method", "NAME", "How ties and dare_ties elect a sign: total or frequency [total].");
        var svdRank = options.Value("svd_rank", "R", "Rank of the result of svd [the largest of the adapters'].");
        var seed = options.Value("seed", "N", "Seed of dare_linear and dare_ties [42].");
        var into = options.Value("into", "NAME", "What adapters that were trained over 4 bits are merged into: dequantized (what was trained), original (the base in full precision), or 4bit [auto: dequantized, or the base as it is].");
        var loadIn4Bit = options.Switch("load_in_4bit", "The adapters were trained over the base quantised to 4 bits; those of align say so themselves.");
        var fourBit = new FourBitSwitches(options, doubleQuantization: false);
        var output = options.Required("output_dir", "DIR", "Folder to write; it must not exist, or be empty.");
        var dtype = options.Value("dtype", "TYPE", "Type of the merged weights: float32, bfloat16, float16 [auto: the base's own].");
        var device = options.Value("device", "DEVICE", "Where the result is verified: auto (the first GPU, else the CPU), cpu, cuda or cuda:N [auto].");
        var saveAdapter = options.Switch("save_adapter", "Write one adapter instead, the sum of all, whose rank is the sum of ranks.");
        var allowOtherBase = options.Switch("allow_other_base", "Take the base although an adapter says that it was trained on another one.");
        var json = options.Switch("json", "A JSON object: max_abs_logit_difference and what else was found.");
        command.SetAction((parsed, cancellation) =>
        {
            var run = new MergeRunOptions
            {
                Model = parsed.GetRequiredValue(model),
                Adapters = parsed.GetValue(adapters) ?? [],
                Weights = CommandOptions.Numbers(parsed, weights),
                Combination = parsed.GetValue(combination) ?? "merge",
                Density = CommandOptions.Number(parsed, density),
                MajoritySignMethod = parsed.GetValue(signMethod),
                SvdRank = CommandOptions.Whole(parsed, svdRank),
                Seed = CommandOptions.Whole(parsed, seed) ?? 42,
                FourBit = parsed.GetValue(loadIn4Bit) ? fourBit.Read(parsed) : fourBit.Given(parsed) is { } given ? throw new ConfigurationException($"option {given}: means nothing without --load_in_4bit; give both, or neither") : null,
                Into = CommandOptions.Choice(parsed, into, Targets) ?? MergeTarget.Auto,
                OutputDir = parsed.GetRequiredValue(output),
                Dtype = CommandOptions.Choice(parsed, dtype, ModelOptions.Dtypes),
                Device = parsed.GetValue(device) ?? "auto",
                SaveAdapter = parsed.GetValue(saveAdapter),
                AllowOtherBase = parsed.GetValue(allowOtherBase),
            };
            var (results, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var report = TorchThread.Run(() =>
            {
                LibTorch.Load();
                return MergeRecipe.Run(run, notes.WriteLine, cancellation);
            });
            if (parsed.GetValue(json)) JsonLines.Write(results, report);
            else Write(results, report, run.SaveAdapter);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Write(TextWriter output, MergeReport report, bool isAdapter)
    {
        var adapters = report.Adapters.Count == 1 ? "1 adapter" : $"{report.Adapters.Count} adapters";
        output.WriteLine(isAdapter ? $"{report.OutputDir}: the sum of {adapters}, on {report.Projections} projections" : $"{report.OutputDir}: {adapters} merged into {report.Projections} projections, {(report.Into == "quantized" ? "4 bits" : report.Dtype)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"verified: logits differ from {Expected(report)} by {report.MaxAbsLogitDifference:G3} at most (allowed {report.AllowedLogitDifference:G3}; the adapters change them by up to {report.MaxAbsAdapterEffect:G3})"));
        if (report.MaxAbsDifferenceFromTrained is { } difference)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from what was trained, the 4-bit base with its adapters on, they differ by {difference:G3} at most"));
    }

    private static string Expected(MergeReport report) => report.Into == "quantized" ? "the merged model in memory" : "the base with its adapters on";
}
