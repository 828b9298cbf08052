using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AlignSharp.Diagnostics;
using AlignSharp.Runtime;
using Spectre.Console;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align doctor</c>: whether training will work on this machine.</summary>
internal static class DoctorCommand
{
    private const int Done = 0, VerificationFailed = 7;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command("doctor", "Check this machine: libtorch, devices, threads, speed, memory and disk.") { json };
        command.SetAction(parsed => Run(parsed.GetValue(json), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(bool json, TextWriter output)
    {
        var report = TorchThread.Run(Doctor.Examine);
        if (json) output.WriteLine(JsonSerializer.Serialize(report, Json));
        else Print(report, output);
        return report.HasFault ? VerificationFailed : Done;
    }

    private static void Print(DoctorReport report, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // Without a terminal there is no width to fit into: keep each fact on its line.
        if (Console.IsOutputRedirected) console.Profile.Width = 400;
        console.Write(Facts(report));
        console.WriteLine();
        console.Write(Findings(report.Findings));
    }

    private static Table Facts(DoctorReport report)
    {
        var table = new Table().NoBorder().HideHeaders().AddColumns("", "");
        void Row(string name, string? value) => table.AddRow(new Markup($"[bold]{name}[/]"), new Text(value ?? "unknown"));

        var (runtime, libtorch, processor, storage) = (report.Runtime, report.Libtorch, report.Processor, report.Storage);
        Row("align", $"{report.AlignsharpVersion} on {runtime.Framework}, {runtime.RuntimeIdentifier}, {runtime.OperatingSystem}");
        Row("libtorch", libtorch.Failure is null ? $"{libtorch.Version ?? "unknown version"}, loaded in {Number(libtorch.LoadSeconds, "0.00")} s: {libtorch.LibtorchFile}" : "not usable");
        if (libtorch.TorchsharpFile is not null) Row("torchsharp", libtorch.RelaxedFile is { } relaxed ? $"{libtorch.TorchsharpFile}, relaxed in {relaxed}" : libtorch.TorchsharpFile);
        foreach (var device in report.Devices) Row(device.Name, device.Description);
        Row("processor", $"{processor.PhysicalCores} cores, {processor.LogicalProcessors} logical, {processor.VectorBits}-bit vectors, native bfloat16: {YesNo(processor.Bf16)}, AMX: {YesNo(processor.AmxBf16)}");
        if (processor.ComputeThreads is { } threads) Row("threads", threads.ToString(CultureInfo.InvariantCulture));
        if (report.Gemm.Count > 0) Row("gemm", string.Join(", ", report.Gemm.Select(speed => $"{speed.Dtype} {Number(speed.Gflops, "0")} GFLOP/s")));
        Row("memory", $"{GiB(storage.AvailableMemoryBytes)} available");
        Row("disk", $"{GiB(storage.CurrentFreeBytes)} free at {storage.CurrentFolder}; {GiB(storage.CacheFreeBytes)} free for {storage.CacheFolder}");
        return table;
    }

    private static Table Findings(IEnumerable<Finding> findings)
    {
        var table = new Table().NoBorder().HideHeaders().AddColumns("", "");
        foreach (var finding in findings)
        {
            var mark = finding.Level switch
            {
                FindingLevel.Ok => "[green]✓[/]",
                FindingLevel.Warning => "[yellow]![/]",
                _ => "[red]✗[/]",
            };
            var text = finding.Remedy is null ? finding.What : $"{finding.What}. Remedy: {finding.Remedy}.";
            table.AddRow(new Markup(mark), new Text(text));
        }
        return table;
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "unknown";

    private static string GiB(long? bytes) => bytes is { } known ? Number(known / (double)(1L << 30), "0.0") + " GiB" : "unknown";

    private static string YesNo(bool value) => value ? "yes" : "no";
}
