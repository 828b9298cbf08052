using System.Globalization;
using AlignSharp.Data.Checks;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Recipes;

/// <summary>The short form of <c>align data check</c> that a run does before it starts: the first rows, in one line.</summary>
internal static class QuickDataCheck
{
    private const int Rows = 2000;

    /// <summary>Looks at the first rows and says what was found.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="evaluation">The evaluation set, or null.</param>
    /// <param name="pairs">Makes and cuts the pairs.</param>
    /// <param name="tokenizer">Tokenizer of the model, or null.</param>
    /// <param name="maxLength">The window, or null.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static string Run(Dataset training, Dataset? evaluation, PairTokenizer pairs, ITokenizer? tokenizer, int? maxLength, CancellationToken cancellation)
    {
        var report = new DatasetCheck(pairs, DatasetChecking.Options(tokenizer, maxLength)).Run(training, evaluation, Rows, _ => { }, cancellation);
        var looked = report.Pairs + report.UnreadableRows;
        var what = looked < Rows ? $"{looked} rows" : string.Create(CultureInfo.InvariantCulture, $"the first {Rows:N0} rows");
        var found = report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).OrderByDescending(finding => finding.Severity).ToList();
        return found.Count == 0 ? $"data check of {what}: nothing that would harm the run"
            : $"data check of {what}: {string.Join(", ", found.Select(Told))}; align data check says more";
    }

    private static string Told(Finding finding) => $"{finding.Code} ({(finding.Severity == FindingSeverity.Error ? "error" : "warning")}, {finding.Count} row{(finding.Count == 1 ? "" : "s")})";
}
