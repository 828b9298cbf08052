namespace AlignSharp.Recipes.Configuration;

/// <summary>Writes docs/configuration.md and docs/configuration-sft.md from the key tables, so that the documents cannot fall behind.</summary>
public static class ConfigurationDocument
{
    /// <summary>The document as Markdown with line feeds.</summary>
    /// <param name="table">The keys to document.</param>
    /// <param name="command">The command that takes them.</param>
    public static string Render(KeyTable table, string command)
    {
        ArgumentNullException.ThrowIfNull(table);
        using var writer = new StringWriter { NewLine = "\n" };
        writer.Write(Introduction.Replace("{command}", command, StringComparison.Ordinal));
        Deviations(writer, table);
        Honoured(writer, table);
        Section(writer, table, KeyKind.Satisfied, "Satisfied keys", "What these ask for is true here anyway, or has no meaning here. They are accepted, and the dry run notes each once.");
        Section(writer, table, KeyKind.Refused, "Refused keys", "These would change the result and are not available: an error, unless they are null or at their default.");
        return writer.ToString();
    }

    private const string Introduction = """
        # Configuration of align {command}

        `align {command} --config file.yaml` reads keys as TRL 1.9, transformers and PEFT write them; options, `--key value` or `--key=value` with
        underscores or dashes, win over the file, and the file wins over the defaults. A boolean option may stand alone (`--use_peft`), and one
        that is on by default has an opposite (`--no_dataloader_pin_memory`). Lists are YAML lists, repeated options or comma-separated texts.
        Relative paths resolve against the current directory. `--dry_run` prints what differs from the defaults and where it was set.

        Any other key is an error that names the nearest known one.

        ## How values are read

        Scalars that are not quoted: `null`, `~` and nothing are null; `true`, `false`, `yes`, `no`, `on`, `off` in lower, upper or title case are
        booleans; decimal numbers are numbers, with or without point, sign and exponent (`5.0e-4` and also `1e-4`, which PyYAML reads as text).
        Everything else, and everything quoted, is text. A key that takes text takes the scalar as written, so `save_strategy: no` needs no quotes.
        Duplicate keys, tabs for indentation, anchors, aliases, tags and a second document are errors with file, line and column.

        `warmup_steps`, `logging_steps`, `eval_steps` and `save_steps` below 1 are fractions of all updates, rounded up.

        `lora_target_modules` is a list of names, or one text: `all-linear`, or a regular expression when it has one of `\ * ( ) [ ] ^ $ + ? | { }`.


        """;

    private static void Deviations(StringWriter writer, KeyTable table)
    {
        writer.WriteLine("## Deviations from TRL 1.9's defaults");
        writer.WriteLine();
        writer.WriteLine("| key | TRL 1.9 | here | why |");
        writer.WriteLine("|---|---|---|---|");
        foreach (var key in table.Keys.Where(key => key.TrlDefault is not null))
            writer.WriteLine($"| `{key.Name}` | {key.TrlDefault} | {key.Default} | {key.DeviationReason} |");
        writer.WriteLine();
    }

    private static void Honoured(StringWriter writer, KeyTable table)
    {
        writer.WriteLine("## Honoured keys");
        writer.WriteLine();
        foreach (var group in Enum.GetValues<KeyGroup>())
        {
            writer.WriteLine($"### {Title(group)}");
            writer.WriteLine();
            writer.WriteLine("| key | default | takes | meaning | from |");
            writer.WriteLine("|---|---|---|---|---|");
            foreach (var key in table.Keys.Where(key => key.Kind == KeyKind.Honoured && key.Group == group))
                writer.WriteLine($"| `{key.Name}` | `{key.Default}` | {Cell(KeyRules.Expected(key))} | {Cell(key.Explanation + Refusals(key))} | {key.Origin} |");
            writer.WriteLine();
        }
    }

    private static void Section(StringWriter writer, KeyTable table, KeyKind kind, string title, string introduction)
    {
        writer.WriteLine($"## {title}");
        writer.WriteLine();
        writer.WriteLine(introduction);
        writer.WriteLine();
        writer.WriteLine("| key | default | meaning | why | from |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (var key in table.Keys.Where(key => key.Kind == kind).OrderBy(key => key.Name, StringComparer.Ordinal))
            writer.WriteLine($"| `{key.Name}` | `{key.Default}` | {Cell(key.Explanation)} | {Cell(key.Reason)} | {key.Origin} |");
        if (kind != KeyKind.Refused) writer.WriteLine();
    }

    /// <summary>The heading of a group, as help and documentation write it.</summary>
    /// <param name="group">The group.</param>
    public static string Title(KeyGroup group) => group == KeyGroup.SavingAndLogging ? "Saving and logging" : group.ToString();

    private static string Refusals(ConfigurationKey key) =>
        key.RefusedChoices.Count == 0 ? "" : $" Refused ({key.RefusedChoicesReason}): {string.Join(", ", key.RefusedChoices)}.";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
