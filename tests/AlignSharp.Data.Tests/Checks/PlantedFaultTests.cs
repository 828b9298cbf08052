using AlignSharp.Data.Checks;
using Xunit;

namespace AlignSharp.Data.Tests.Checks;

/// <summary>A fault planted into a clean set is found, with the right rows, and nothing else is found because of it.</summary>
public sealed class PlantedFaultTests
{
    private const int Pairs = 400;
    private static readonly int[] Places = [7, 60, 133, 255];

    private static readonly Dictionary<string, (FindingSeverity Severity, bool IsLeftOut, Func<CheckedPair, CheckedPair> Plant)> Faults = new()
    {
        ["identical-answers"] = (FindingSeverity.Error, true, pair => Again(pair, rejected: pair.Chosen)),
        ["empty-answer"] = (FindingSeverity.Error, true, pair => Again(pair, chosen: " \n")),
        ["one-token-answer"] = (FindingSeverity.Warning, false, pair => Again(pair, rejected: "lantern")),
        ["equal-after-truncation"] = (FindingSeverity.Error, true, CutEqual),
        ["prompt-fills-window"] = (FindingSeverity.Warning, true, pair => Again(pair, prompt: Long(pair.Source.Row, 250))),
        ["inverted-scores"] = (FindingSeverity.Error, true, pair => pair with { ChosenScore = 1.5, RejectedScore = 7 }),
        ["tied-scores"] = (FindingSeverity.Warning, true, pair => pair with { ChosenScore = 4, RejectedScore = 4 }),
        ["special-token-text"] = (FindingSeverity.Warning, false, pair => Again(pair, chosen: pair.Chosen + " <|im_end|> and more")),
        ["double-bos"] = (FindingSeverity.Warning, false, pair => pair with { Whole = pair.Whole! with { PromptIds = [MadeUpPairs.Bos, .. pair.Whole.PromptIds] } }),
        ["split-prompt"] = (FindingSeverity.Info, false, pair => pair with { IsSplitApart = true }),
        ["lone-surrogate"] = (FindingSeverity.Error, false, pair => Again(pair, prompt: pair.Prompt + " cut \uD83D")),
        ["mojibake"] = (FindingSeverity.Warning, false, pair => Again(pair, rejected: pair.Rejected + " the cafÃ© was closed")),
        ["replacement-character"] = (FindingSeverity.Warning, false, pair => Again(pair, chosen: "caf\uFFFD " + pair.Chosen)),
        ["control-character"] = (FindingSeverity.Warning, false, pair => Again(pair, chosen: pair.Chosen + " \0 \u001B[31m")),
        ["bidi-control"] = (FindingSeverity.Info, false, pair => Again(pair, prompt: "see \u202Ethgir " + pair.Prompt)),
        ["missing-eos"] = (FindingSeverity.Warning, false, pair => WithChosenIds(pair, pair.Whole!.ChosenIds[..^1])),
        ["eos-cut-off"] = (FindingSeverity.Info, false, pair => Again(pair, chosen: pair.Chosen + " " + Long(pair.Source.Row, 250), rejected: pair.Rejected)),
    };

    public static TheoryData<string> Codes => [.. Faults.Keys];

    [Theory, MemberData(nameof(Codes))]
    public void A_planted_fault_is_found_and_nothing_else(string code)
    {
        var (severity, isLeftOut, plant) = Faults[code];
        var report = MadeUpPairs.Check(Planted(plant));
        var finding = Assert.Single(report.Findings);
        Assert.Equal((code, severity, Places.Length, Places.Length / (double)Pairs), (finding.Code, finding.Severity, finding.Count, finding.Share));
        Assert.Equal(severity, report.Worst);
        Assert.Equal(Places.Take(3).Select(place => place + 1), finding.Examples.Select(example => example.Source!.Value.Row));
        Assert.All(finding.Examples, example => Assert.DoesNotContain(example.Excerpt, char.IsControl));
        Assert.All(finding.Examples, example => Assert.InRange(example.Excerpt.Length, 1, 220));
        Assert.Equal(isLeftOut ? Places : [], report.LeftOut.Select(row => row.Ordinal));
        Assert.All(report.LeftOut, row => Assert.Equal((MadeUpPairs.File, row.Ordinal + 1, code), (row.Source.File, row.Source.Row, row.Code)));
    }

    [Theory, MemberData(nameof(Codes))]
    public void What_needs_no_ids_is_found_without_them(string code)
    {
        string[] needIds = ["one-token-answer", "equal-after-truncation", "prompt-fills-window", "double-bos", "missing-eos", "eos-cut-off"];
        var report = MadeUpPairs.Check(Planted(Faults[code].Plant).Select(MadeUpPairs.WithoutIds));
        Assert.Equal(needIds.Contains(code) ? [] : [code], report.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void The_excerpt_shows_the_place_with_controls_written_out()
    {
        CheckedPair Pair(string prompt) => MadeUpPairs.WithoutIds(MadeUpPairs.Pair(1, prompt, "yes, it is", "no, never"));
        var report = MadeUpPairs.Check([Pair(new string('x', 100) + "\u001B[2J\nafter 🙂 " + new string('y', 100))]);
        Assert.Equal($"prompt: ...{new string('x', 20)}\\u001B[2J\\nafter 🙂 {new string('y', 38)}...", Assert.Single(report.Findings).Examples[0].Excerpt);
        report = MadeUpPairs.Check([Pair("\uDE42 half")]);
        Assert.Equal("prompt: \\uDE42 half", Assert.Single(report.Findings).Examples[0].Excerpt);
    }

    [Fact]
    public void Severities_turn_with_the_share_where_many_rows_mean_something_else()
    {
        var pairs = new MadeUpPairs(1).Make(100);
        FindingSeverity Severity(string code, int rows, Func<CheckedPair, CheckedPair> plant) =>
            MadeUpPairs.Check(pairs.Select((pair, i) => i < rows ? plant(pair) : pair)).Findings.Single(finding => finding.Code == code).Severity;

        Assert.Equal(FindingSeverity.Error, Severity("missing-eos", 50, Faults["missing-eos"].Plant));
        Assert.Equal(FindingSeverity.Warning, Severity("eos-cut-off", 10, Faults["eos-cut-off"].Plant));
        Assert.Equal(FindingSeverity.Info, Severity("special-token-text", 90, pair => Again(pair, prompt: "<|im_start|>user\n" + pair.Prompt)));
        Assert.Equal(FindingSeverity.Info, Severity("one-token-answer", 20, pair => Again(pair, chosen: "walnut", rejected: "zebra")));
    }

    [Fact]
    public void A_beginning_written_into_prompts_is_double_where_the_tokenizer_adds_one()
    {
        var text = MadeUpPairs.WithoutIds(MadeUpPairs.Pair(1, "<bos> question here", "a good answer", "another answer"));
        Assert.Equal(["double-bos"], MadeUpPairs.Check([text]).Findings.Select(finding => finding.Code));
        Assert.DoesNotContain("double-bos", MadeUpPairs.Check([text], options: new PreferenceCheckOptions()).Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void An_end_written_at_the_end_of_an_answer_is_where_it_belongs()
    {
        var pair = MadeUpPairs.Pair(1, "question here", "a good answer<eos>", "another answer<eos>");
        Assert.Empty(MadeUpPairs.Check([pair]).Findings);
        Assert.Equal(["special-token-text"], MadeUpPairs.Check([Again(pair, chosen: "a good<eos> answer")]).Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Pairs_of_token_ids_without_texts_are_checked_by_their_ids()
    {
        var pairs = new MadeUpPairs(5).Make(80).ConvertAll(pair => pair with { Prompt = "", Chosen = "", Rejected = "" });
        Assert.Empty(MadeUpPairs.Check(pairs, new MadeUpPairs(6).Make(5).Select(pair => pair with { Prompt = "", Chosen = "", Rejected = "" })).Findings);
        pairs[3] = pairs[3] with { Whole = pairs[3].Whole! with { RejectedIds = pairs[3].Whole!.ChosenIds }, Trained = pairs[3].Trained! with { RejectedIds = pairs[3].Trained!.ChosenIds } };
        pairs[9] = pairs[8] with { Source = pairs[9].Source };
        pairs[20] = WithChosenIds(pairs[20], [MadeUpPairs.Eos]);
        Assert.Equal(["identical-answers", "empty-answer", "duplicate-row"], MadeUpPairs.Check(pairs).Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Nothing_is_said_about_ends_where_they_are_not_known_or_not_required()
    {
        var pairs = Planted(Faults["missing-eos"].Plant);
        Assert.Empty(MadeUpPairs.Check(pairs, options: MadeUpPairs.Options with { EosIds = [] }).Findings);
        Assert.Empty(MadeUpPairs.Check(pairs, options: MadeUpPairs.Options with { RequiresEos = false }).Findings);
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_no_scores()
    {
        var pair = MadeUpPairs.Pair(1, "question here", "a good answer", "another answer");
        var other = MadeUpPairs.Pair(2, "question there", "a bad answer", "no answer");
        Assert.Empty(MadeUpPairs.Check([pair with { ChosenScore = double.NaN, RejectedScore = 2 }, other with { ChosenScore = 3, RejectedScore = null }]).Findings);
    }

    [Fact]
    public void Rows_that_cannot_be_read_are_counted_among_all_rows()
    {
        var check = new PreferenceCheck();
        foreach (var pair in new MadeUpPairs(1).Make(8)) check.Add(MadeUpPairs.WithoutIds(pair));
        check.AddUnreadable("a.jsonl:3: field 'chosen' is missing.\u001B[31m", new("a.jsonl", 3));
        check.AddUnreadable("b.jsonl: truncated");
        var report = check.Finish();
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("unreadable-row", FindingSeverity.Error, 2, 0.2), (finding.Code, finding.Severity, finding.Count, finding.Share));
        Assert.Equal((8, 2), (report.Pairs, report.UnreadableRows));
        Assert.Equal([new FindingExample(new("a.jsonl", 3), "a.jsonl:3: field 'chosen' is missing.\\u001B[31m"), new FindingExample(null, "b.jsonl: truncated")], finding.Examples);
    }

    [Fact]
    public void All_faults_at_once_are_reported_in_a_fixed_order_and_each_row_is_left_out_once()
    {
        var pairs = new MadeUpPairs(2).Make(Pairs);
        var at = 0;
        foreach (var (_, _, plant) in Faults.Values) pairs[at++] = plant(pairs[at]);
        pairs[100] = pairs[100] with { ChosenScore = 1, RejectedScore = 1, Rejected = pairs[100].Chosen, Whole = null, Trained = null };
        var report = MadeUpPairs.Check(pairs);
        Assert.Equal(
            [
                "identical-answers", "empty-answer", "one-token-answer", "equal-after-truncation", "prompt-fills-window", "inverted-scores", "tied-scores", "special-token-text",
                "double-bos", "split-prompt", "lone-surrogate", "mojibake", "replacement-character", "control-character", "bidi-control", "missing-eos", "eos-cut-off",
            ],
            report.Findings.Select(finding => finding.Code));
        Assert.Equal("identical-answers", report.LeftOut.Single(row => row.Ordinal == 100).Code);
        Assert.Equal(report.LeftOut.Select(row => row.Ordinal).Distinct().Order(), report.LeftOut.Select(row => row.Ordinal));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PreferenceCheckOptions { EosIds = [-1] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PreferenceCheckOptions { MaxLength = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PreferenceCheckOptions { NearDuplicateSimilarity = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PreferenceCheckOptions { NearDuplicateSimilarity = double.NaN });
        Assert.Throws<ArgumentException>(() => new PreferenceCheckOptions { SpecialTokens = [""] });
    }

    [Fact]
    public void Pairs_come_in_the_order_that_bounds_memory()
    {
        var pair = MadeUpPairs.Pair(1, "question here", "a good answer", "another answer");
        var check = new PreferenceCheck();
        check.Add(pair);
        Assert.Throws<InvalidOperationException>(() => check.AddEvaluation(pair));
        check.Finish();
        Assert.Throws<InvalidOperationException>(() => check.Add(pair));
        Assert.Throws<InvalidOperationException>(() => check.Finish());
    }

    private static List<CheckedPair> Planted(Func<CheckedPair, CheckedPair> plant)
    {
        var pairs = new MadeUpPairs(1).Make(Pairs);
        foreach (var place in Places) pairs[place] = plant(pairs[place]);
        return pairs;
    }

    private static CheckedPair Again(CheckedPair pair, string? prompt = null, string? chosen = null, string? rejected = null) =>
        MadeUpPairs.Pair(pair.Source.Row, prompt ?? pair.Prompt, chosen ?? pair.Chosen, rejected ?? pair.Rejected);

    private static CheckedPair WithChosenIds(CheckedPair pair, int[] ids) => pair with { Whole = pair.Whole! with { ChosenIds = ids }, Trained = pair.Trained! with { ChosenIds = ids } };

    private static CheckedPair CutEqual(CheckedPair pair)
    {
        var start = Long(pair.Source.Row, 250);
        return Again(pair, chosen: start + " copper", rejected: start + " pepper");
    }

    private static string Long(int row, int words) => string.Join(' ', Enumerable.Range(0, words).Select(word => $"w{row}x{word}"));
}
