using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AlignSharp.Objectives;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Objectives;

/// <summary>Every record of the losses of TRL and of the DPO authors: values, losses of pairs, gradients, rewards, metrics (golden/trl/README.md).</summary>
public partial class GoldenLossesTests
{
    private const double Tolerance = 1e-5;
    private const string Document = "docs/objectives-golden.md";

    [Fact]
    public void Every_record_is_met_but_for_those_where_the_original_fails()
    {
        var comparisons = All();
        Assert.Equal(558, comparisons.Count);
        Assert.Equal(GoldenExceptions.Overflowing.Order(), comparisons.Where(c => c.Overflows > 0 && !GoldenExceptions.Bounded.Contains(c.Name)).Select(c => c.Name).Order());
        var missed = comparisons.Where(c => c.Error > Tolerance && !GoldenExceptions.Bounded.Contains(c.Name)).ToList();
        var unlisted = missed.Where(c => !GoldenExceptions.Rounded.Contains(c.Name)).Select(c => $"not listed: {c.Name}: {c.Where}");
        var idle = GoldenExceptions.Rounded.Except(missed.Select(c => c.Name)).Select(name => $"listed for nothing: {name}");
        var wrong = string.Join('\n', unlisted.Concat(idle));
        Assert.True(wrong.Length == 0, wrong);
    }

    [Fact]
    public void Where_float32_loses_digits_we_are_no_further_from_float64_than_the_original()
    {
        foreach (var name in GoldenExceptions.Rounded)
        {
            var (ours, originals) = GoldenLosses.CompareWithFloat64(name.StartsWith("trl 1.9", StringComparison.Ordinal) ? GoldenLosses.Current : GoldenLosses.Older, name);
            Assert.True(ours <= Math.Max(2 * Tolerance, originals), $"{name}: {ours} and {originals} from float64");
        }
    }

    [Fact]
    public void The_document_lists_what_was_compared_and_how_near_it_came()
    {
        var path = Path.Combine(Golden.RepositoryRoot, Document);
        var before = File.Exists(path) ? Rows().Matches(File.ReadAllText(path)).ToDictionary(row => row.Groups["name"].Value, row => double.Parse(row.Groups["error"].Value, CultureInfo.InvariantCulture)) : [];
        var text = new StringBuilder();
        text.Append("# Objectives against the originals\n\nWritten by a test (`GoldenLossesTests`), which computes every record that TRL 1.9.0, 0.13.0, 0.7.1 and eric-mitchell/direct-preference-optimization left in\n")
            .Append("[tests/golden/trl/losses](../tests/golden/trl/README.md): mean loss, loss of each pair, gradients, rewards and metrics. The error of a number is its distance over the size of the number\n")
            .Append("expected, or over a thousandth of the largest number beside it where that is more. Numbers that are none in the original, and records in which float32 itself loses digits (compared with float64),\n")
            .Append("are left out and listed by name in `GoldenExceptions`. What the keys mean is in [the guide](guide/objectives.md).\n\n| `loss_type` | keys besides `beta` | records | largest relative error |\n|---|---|---|---|\n");
        foreach (var objective in All().GroupBy(c => c.Objective).OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var error = objective.Where(c => !GoldenExceptions.Bounded.Contains(c.Name) && !GoldenExceptions.Rounded.Contains(c.Name)).Max(c => c.Error);
            // Another processor rounds otherwise: a figure stands until it is passed.
            var shown = before.TryGetValue(objective.Key, out var known) && error <= 3 * known ? known : error;
            text.Append(CultureInfo.InvariantCulture, $"| {objective.Key} | {Keys(objective.Key)} | {objective.Count()} | {shown:0.0e+0} |\n");
        }
        Approved.Matches(Document, text.ToString());
    }

    private static string Keys(string objective)
    {
        var names = LossName().Matches(objective).Select(name => name.Value).ToList();
        var keys = names.SelectMany(Registry.KeysOf).Distinct().ToList();
        if (names.Count > 1) keys.Add("loss_weights");
        foreach (var key in new[] { "ld_alpha", "use_weighting" })
            if (objective.Contains(key, StringComparison.Ordinal)) keys.Add(key);
        return string.Join(", ", keys.Select(key => $"`{key}`"));
    }

    private static List<GoldenComparison> All() =>
    [
        .. GoldenLosses.Compare(GoldenLosses.Current), .. GoldenLosses.Compare(GoldenLosses.Older), .. GoldenLosses.CompareRunningMean(),
        .. GoldenLogits.Compare(GoldenLogits.Current), .. GoldenLogits.Compare(GoldenLogits.Older),
    ];

    [GeneratedRegex(@"(?<![(\w])[a-z_]+(?![\w)])")]
    private static partial Regex LossName();

    [GeneratedRegex(@"^\| (?<name>[^|`]+) \| [^|]* \| [0-9]+ \| (?<error>[0-9.e+-]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
