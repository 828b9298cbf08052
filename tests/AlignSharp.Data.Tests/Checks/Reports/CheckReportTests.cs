using System.Text.Json;
using System.Text.RegularExpressions;
using AlignSharp.Data.Checks;
using AlignSharp.Data.Checks.Reports;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.Reports;

public sealed partial class CheckReportTests
{
    private const string Hostile = "</li></ul><script>alert('x')</script><img src=x onerror=\"alert(1)\">&amp; \u001B[2J\u202E\0\uD800 <s>";

    [Fact]
    public void Lines_say_facts_then_findings_with_meaning_remedy_and_examples()
    {
        var pairs = new MadeUpPairs(1).Make(200);
        pairs[3] = MadeUpPairs.Pair(4, pairs[3].Prompt, "same answer", "same answer");
        var lines = CheckReportText.Lines(MadeUpPairs.Check(pairs));
        Assert.Equal("200 pairs to train on, 0 to evaluate on, 0 rows unreadable, 0 pairs cut by the window", lines[0].Text);
        Assert.Contains(lines, line => line.Kind == ReportLineKind.Fact && line.Text.StartsWith("chosen is the longer answer in ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Text == "findings: 1 errors, 0 warnings, 0 for information; a cleaned copy leaves 1 rows out");
        Assert.Equal(new ReportLine(ReportLineKind.Error, "identical-answers: chosen and rejected are the same (1 row)"), lines[^4]);
        Assert.Equal([ReportLineKind.Detail, ReportLineKind.Detail, ReportLineKind.Example], lines.TakeLast(3).Select(line => line.Kind));
        Assert.Equal("    train.jsonl:4  both: same answer", lines[^1].Text);
        Assert.Equal("nothing was found", CheckReportText.Lines(MadeUpPairs.Check(new MadeUpPairs(1).Make(9)))[^1].Text);
    }

    [Fact]
    public void Small_shares_are_not_rounded_to_nothing()
    {
        var finding = new Finding("x", FindingSeverity.Info, 2, 2 / 200_000.0, "t", "m", "r", []);
        Assert.Equal("2 rows, under 0.1 %", CheckReportText.Count(finding));
        Assert.Equal("1,234 rows, 12.3 %", CheckReportText.Count(finding with { Count = 1234, Share = 0.1234 }));
    }

    [Fact]
    public void No_line_holds_a_control_character_of_a_row_or_a_file_name()
    {
        var lines = CheckReportText.Lines(HostileReport());
        Assert.All(lines, line => Assert.DoesNotContain(line.Text, character => char.IsControl(character) || char.IsSurrogate(character) || character == '\u202E'));
        Assert.Contains(lines, line => line.Text.Contains("\\u001B[2J", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_holds_texts_of_rows_as_texts_only_and_needs_nothing_from_elsewhere()
    {
        var page = CheckReportHtml.Write(HostileReport());
        Assert.Contains("&lt;script&gt;alert(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", page, StringComparison.OrdinalIgnoreCase);
        string[] known = ["!DOCTYPE", "html", "head", "meta", "title", "style", "body", "h1", "h2", "table", "tr", "th", "td", "p", "strong", "code", "section", "ul", "li", "figure", "figcaption", "svg", "rect"];
        Assert.Empty(Tag().Matches(page).Select(tag => tag.Groups["name"].Value).Distinct().Except(known));
        foreach (var name in known.Where(name => name is not ("!DOCTYPE" or "meta")))
            Assert.Equal(Regex.Count(page, $"<{name}[ >]"), Regex.Count(page, $"</{name}>"));
    }

    [Fact]
    public void The_page_draws_a_bar_for_each_bin()
    {
        var report = MadeUpPairs.Check(new MadeUpPairs(1).Make(200));
        var bars = report.PromptLengths.Bins.Count + report.ChosenLengths.Bins.Count + report.RejectedLengths.Bins.Count;
        Assert.Equal(bars, Regex.Count(CheckReportHtml.Write(report), "<rect "));
    }

    [Fact]
    public void Json_has_all_there_is_in_snake_case()
    {
        var report = HostileReport();
        using var json = JsonDocument.Parse(CheckReportJson.Write(report));
        var root = json.RootElement;
        Assert.Equal(
            ["worst", "pairs", "evaluation_pairs", "unreadable_rows", "truncated_pairs", "lengths", "length_bias", "word_shortcut", "findings", "left_out"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal("error", root.GetProperty("worst").GetString());
        Assert.Equal(report.PromptLengths.Bins, root.GetProperty("lengths").GetProperty("prompt").GetProperty("bins").EnumerateArray().Select(count => count.GetInt32()));
        Assert.Equal(report.LengthBias!.Share, root.GetProperty("length_bias").GetProperty("share").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("word_shortcut").ValueKind);
        var finding = root.GetProperty("findings")[0];
        Assert.Equal(["code", "severity", "count", "share", "title", "meaning", "remedy", "examples"], finding.EnumerateObject().Select(property => property.Name));
        Assert.Equal(report.Findings.Select(each => each.Code), root.GetProperty("findings").EnumerateArray().Select(each => each.GetProperty("code").GetString()));
        Assert.Equal(["ordinal", "file", "row", "code"], root.GetProperty("left_out")[0].EnumerateObject().Select(property => property.Name));
        Assert.DoesNotMatch("\"[a-z]*[A-Z][A-Za-z]*\":", CheckReportJson.Write(report));
    }

    [Fact]
    public void Json_of_few_or_many_pairs_can_be_read()
    {
        foreach (var size in (int[])[0, 1, 200])
        {
            using var json = JsonDocument.Parse(CheckReportJson.Write(MadeUpPairs.Check(new MadeUpPairs(1).Make(size))));
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("worst").ValueKind);
        }
    }

    private static CheckReport HostileReport()
    {
        var pair = MadeUpPairs.WithoutIds(MadeUpPairs.Pair(1, Hostile, Hostile, Hostile)) with { Source = new("<b>\u001B.jsonl", 1), ChosenScore = 1, RejectedScore = 2 };
        var check = new PreferenceCheck();
        check.AddEvaluation(pair);
        check.Add(pair);
        check.Add(pair with { Rejected = Hostile + "x" });
        check.Add(pair with { Chosen = Hostile + "x" });
        check.Add(pair);
        check.AddUnreadable(Hostile, new(Hostile, 3));
        return check.Finish();
    }

    [GeneratedRegex("<(?<name>[!A-Za-z][A-Za-z0-9]*)")]
    private static partial Regex Tag();
}
