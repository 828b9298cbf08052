using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks.Reports;

/// <summary>A report as JSON: names in snake_case, numbers unrounded, a new name only ever added.</summary>
public static class CheckReportJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The report as a JSON object, with a line break behind it.</summary>
    /// <param name="report">The report.</param>
    public static string Write(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options)) Write(json, report);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    private static void Write(Utf8JsonWriter json, CheckReport report)
    {
        json.WriteStartObject();
        if (report.Worst is { } worst) json.WriteString("worst", Name(worst));
        else json.WriteNull("worst");
        json.WriteNumber("pairs", report.Pairs);
        json.WriteNumber("evaluation_pairs", report.EvaluationPairs);
        json.WriteNumber("unreadable_rows", report.UnreadableRows);
        json.WriteNumber("truncated_pairs", report.TruncatedPairs);
        WriteLengths(json, report);
        WriteLengthBias(json, report.LengthBias);
        WriteShortcut(json, report.Shortcut);
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings) Write(json, finding);
        json.WriteEndArray();
        json.WriteStartArray("left_out");
        foreach (var row in report.LeftOut)
        {
            json.WriteStartObject();
            json.WriteNumber("ordinal", row.Ordinal);
            WriteSource(json, row.Source);
            json.WriteString("code", row.Code);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLengths(Utf8JsonWriter json, CheckReport report)
    {
        json.WriteStartObject("lengths");
        json.WriteString("unit", report.LengthUnit);
        foreach (var (name, length) in CheckReportText.Lengths(report))
        {
            json.WriteStartObject(name);
            json.WriteNumber("min", length.Min);
            json.WriteNumber("median", length.Median);
            json.WriteNumber("p90", length.P90);
            json.WriteNumber("p99", length.P99);
            json.WriteNumber("max", length.Max);
            json.WriteNumber("mean", length.Mean);
            json.WriteNumber("bin_width", length.BinWidth);
            json.WriteStartArray("bins");
            foreach (var count in length.Bins) json.WriteNumberValue(count);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteLengthBias(Utf8JsonWriter json, LengthBias? bias)
    {
        if (bias is null)
        {
            json.WriteNull("length_bias");
            return;
        }
        json.WriteStartObject("length_bias");
        json.WriteNumber("pairs", bias.Pairs);
        json.WriteNumber("share", bias.Share);
        json.WriteNumber("lower", bias.Lower);
        json.WriteNumber("upper", bias.Upper);
        json.WriteNumber("effect_size", bias.EffectSize);
        json.WriteNumber("mean_chosen", bias.MeanChosen);
        json.WriteNumber("mean_rejected", bias.MeanRejected);
        json.WriteEndObject();
    }

    private static void WriteShortcut(Utf8JsonWriter json, ShortcutTest? test)
    {
        if (test is null)
        {
            json.WriteNull("word_shortcut");
            return;
        }
        json.WriteStartObject("word_shortcut");
        json.WriteNumber("pairs", test.Pairs);
        json.WriteNumber("accuracy", test.Accuracy);
        json.WriteNumber("lower", test.Lower);
        json.WriteNumber("upper", test.Upper);
        WriteWords(json, "chosen_words", test.ChosenWords);
        WriteWords(json, "rejected_words", test.RejectedWords);
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IReadOnlyList<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words) json.WriteStringValue(word);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("code", finding.Code);
        json.WriteString("severity", Name(finding.Severity));
        json.WriteNumber("count", finding.Count);
        json.WriteNumber("share", finding.Share);
        json.WriteString("title", finding.Title);
        json.WriteString("meaning", finding.Meaning);
        json.WriteString("remedy", finding.Remedy);
        json.WriteStartArray("examples");
        foreach (var example in finding.Examples)
        {
            json.WriteStartObject();
            if (example.Source is { } source) WriteSource(json, source);
            json.WriteString("excerpt", example.Excerpt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, RowPosition source)
    {
        json.WriteString("file", source.File);
        json.WriteNumber("row", source.Row);
    }

    private static string Name(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "info",
    };
}
