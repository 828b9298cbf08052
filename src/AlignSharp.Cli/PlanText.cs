using System.Globalization;
using AlignSharp.Diagnostics;
using AlignSharp.Recipes.Planning;
using Spectre.Console;

namespace AlignSharp.Cli;

/// <summary>A plan for people.</summary>
internal static class PlanText
{
    // Without a terminal there is no width to fit into.
    private const int WidthOfFiles = 120;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="plan">The plan.</param>
    public static void Write(TextWriter output, PlanReport plan)
    {
        output.WriteLine(Line($"align {plan.Method} of {plan.Model}: {Millions(plan.Parameters)} parameters in {plan.Dtype}, {Millions(plan.TrainedParameters)} trained"));
        output.WriteLine(Line($"{plan.Rows:N0} rows of {plan.Tokens:N0} tokens; a micro-batch has {plan.MeanMicroBatchTokens:N0} in the mean, the largest {plan.LargestMicroBatch.Tokens:N0}, {plan.LargestMicroBatch.Scored:N0} of them scored"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = WidthOfFiles;
        console.Write(Memory(plan));
        foreach (var line in Conclusions(plan)) output.WriteLine(line);
    }

    private static Table Memory(PlanReport plan)
    {
        var table = new Table().RoundedBorder().AddColumn("memory in GiB");
        foreach (var (title, isChosen) in new[] { ("activations kept", !plan.GradientCheckpointing), ("recomputed", plan.GradientCheckpointing) })
            table.AddColumn(new TableColumn(isChosen ? $"[bold]{title}[/]" : title).RightAligned());
        void Row(string name, Func<MemoryPlan, long> bytes) => table.AddRow(name, GiB(bytes(plan.Keeping)), GiB(bytes(plan.Recomputing)));
        Row("weights", memory => memory.WeightBytes);
        if (plan.Keeping.AdapterBytes > 0) Row("adapter", memory => memory.AdapterBytes);
        Row("optimizer states", memory => memory.OptimizerStateBytes);
        if (plan.Keeping.ReferenceBytes > 0) Row("reference", memory => memory.ReferenceBytes);
        Row("gradients", memory => memory.GradientBytes);
        Row("activations", memory => memory.ActivationBytes);
        Row("working memory", memory => memory.WorkingBytes);
        Row("allocator's slack", memory => memory.SlackBytes);
        Row("process and data", memory => memory.ProcessBytes);
        table.AddEmptyRow();
        Row("together", memory => memory.TotalBytes);
        Row("available", _ => plan.AvailableBytes);
        return table;
    }

    private static IEnumerable<string> Conclusions(PlanReport plan)
    {
        var how = plan.GradientCheckpointing ? "with gradient_checkpointing" : "without gradient_checkpointing";
        yield return plan.Fits ? Line($"verdict: fits, {how}: {GiB(plan.PeakBytes)} of {GiB(plan.AvailableBytes)} GiB")
            : !plan.Disk.Fits ? Line($"verdict: DOES NOT FIT: {GiB(plan.Disk.TotalBytes)} GiB of disk are needed and {GiB(plan.Disk.FreeBytes!.Value)} free; lower save_total_limit")
            : Line($"verdict: DOES NOT FIT, {how}: {GiB(plan.PeakBytes)} of {GiB(plan.AvailableBytes)} GiB{Remedy(plan)}");
        yield return Line($"largest that fits, kept: {Rows(plan.MostRowsKeeping)}, or max_tokens_per_batch {plan.MostTokensKeeping:N0}; recomputed: {Rows(plan.MostRowsRecomputing)}, or {plan.MostTokensRecomputing:N0}");
        yield return Line($"disk: {GiB(plan.Disk.TotalBytes)} GiB ({plan.Disk.Checkpoints} checkpoints and the result, {GiB(plan.Disk.CheckpointBytes)} each){(plan.Disk.FreeBytes is { } free ? $" of {GiB(free)} free" : "")}");
        yield return Line($"time: {Duration(plan.Time.StepSeconds)} a step, {plan.Time.Steps:N0} steps{(plan.Time.ReferenceSeconds > 0 ? $", and {Duration(plan.Time.ReferenceSeconds)} for the reference" : "")}: {Duration(plan.Time.TotalSeconds)}");
    }

    private static string Remedy(PlanReport plan) =>
        !plan.GradientCheckpointing && plan.Recomputing.FitsInto(plan.AvailableBytes) ? "; set gradient_checkpointing: true"
        : plan.MostTokensRecomputing > 0 ? "; lower per_device_train_batch_size or max_tokens_per_batch as below"
        : "; choose an adapter, a smaller model, or dtype bfloat16";

    private static string Rows(int? rows) => rows switch
    {
        null => "all rows",
        1 => "1 row",
        _ => $"{rows} rows",
    };

    private static string Duration(double seconds) => seconds switch
    {
        < 1 => Line($"{seconds * 1000:0} ms"),
        < 120 => Line($"{seconds:0.0} s"),
        < 7200 => Line($"{seconds / 60:0} min"),
        _ => Line($"{seconds / 3600:0.0} h"),
    };

    private static string Millions(long number) => Line($"{number / 1e6:N1} M");

    private static string GiB(long bytes) => Line($"{bytes / (double)(1L << 30):0.00}");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
