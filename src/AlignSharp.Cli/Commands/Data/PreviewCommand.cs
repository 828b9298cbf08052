using System.CommandLine;
using AlignSharp.Cli.Terminal;
using AlignSharp.Data.Previews;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Cli.Commands.Data;

/// <summary><c>align data preview</c>: rows as they will be trained.</summary>
internal static class PreviewCommand
{
    private const int RowsByDefault = 3;

    /// <summary>Creates the command.</summary>
    /// <param name="isTerminal">Whether the output is a terminal, which shows colours.</param>
    public static Command Create(bool isTerminal)
    {
        var command = new Command("preview", "Show rows as they will be trained: tokens of prompt and completions, what is cut away, what has loss on it.");
        var options = new CommandOptions(command);
        var rows = options.Value("rows", "N", $"How many rows [{RowsByDefault}].");
        var skip = options.Value("skip", "N", "How many rows to pass over before [0].");
        var ids = options.Switch("ids", "Show the id of every token.");
        var color = options.Value("color", "auto|always|never", "Whether tokens are coloured [auto: on a terminal].");
        var json = options.Switch("json", "One JSON object a row.");
        var data = new DatasetArguments(command, "preview [FILE] --tokenizer DIR", """
            On a terminal the prompt is blue, what is learned green (chosen) or red (rejected), what has
            no loss grey, and what the window cuts away struck through; neighbouring tokens alternate in
            brightness. In a file tokens stand between | and what is cut between { and }.
            """);
        command.SetAction((parsed, cancellation) =>
        {
            var (count, from) = (CommandOptions.Whole(parsed, rows) ?? RowsByDefault, CommandOptions.Whole(parsed, skip) ?? 0);
            if (count < 1) throw new AlignSharp.Data.Faults.ConfigurationException($"option --rows: {count} is out of range; expected 1 or more");
            if (from < 0) throw new AlignSharp.Data.Faults.ConfigurationException($"option --skip: {from} is out of range; expected 0 or more");
            var isColored = CommandOptions.Choice(parsed, color, new Dictionary<string, bool> { ["auto"] = isTerminal, ["always"] = true, ["never"] = false }) ?? isTerminal;
            var run = data.Read(parsed);
            var output = parsed.InvocationConfiguration.Output;
            var view = new PreviewView(output, isColored, parsed.GetValue(ids));
            var preview = DatasetPreview.Open(run, parsed.InvocationConfiguration.Error.WriteLine);
            foreach (var row in preview.Rows(from, count, cancellation))
            {
                if (parsed.GetValue(json)) JsonLines.Write(output, Line(row));
                else view.Write(row);
            }
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static object Line(RowPreview row) => new
    {
        row.Source.File,
        row.Source.Row,
        Parts = row.Parts.ToDictionary(part => part.Name, part => part.Tokens.Select(token => new { token.Id, token.Text, Learned = token.IsLearned, Cut = token.IsCut })),
        row.Remarks,
    };
}
