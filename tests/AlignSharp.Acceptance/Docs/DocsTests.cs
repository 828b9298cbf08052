using System.Text.RegularExpressions;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Docs;

/// <summary>That the written pages are true: their commands, configurations, links and papers.</summary>
public partial class DocsTests
{
    public static TheoryData<string> Commands => [.. GuidePages().SelectMany(CommandLines).Select(CommandOf).Distinct().Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Configurations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in GuidePages())
                foreach (var text in YamlBlock().Matches(Read(file)).Select(block => block.Groups["text"].Value).Where(text => !text.StartsWith("# align run", StringComparison.Ordinal))) data.Add(file, text);
            foreach (var file in Directory.GetFiles(Full("recipes"), "*.yaml")) data.Add("recipes/" + Path.GetFileName(file), File.ReadAllText(file));
            return data;
        }
    }

    [Theory, MemberData(nameof(Commands))]
    public async Task Every_command_in_the_guide_exists_and_knows_its_options(string command)
    {
        var help = await AlignCommand.Run([.. command.Split(' '), "--help"]);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains($"align {command}", help.Output, StringComparison.Ordinal);
        var known = Option().Matches(help.Output).Select(option => option.Value).ToHashSet();
        var used = GuidePages().SelectMany(CommandLines).Where(line => CommandOf(line) == command).SelectMany(line => Option().Matches(line)).Select(option => option.Value);
        Assert.Empty(used.Except(known));
    }

    [Theory, MemberData(nameof(Configurations))]
    public async Task Every_configuration_in_the_guide_passes_a_dry_run(string file, string yaml)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yaml");
        await File.WriteAllTextAsync(path, yaml);
        try
        {
            var run = await AlignCommand.Run([yaml.StartsWith("# align sft", StringComparison.Ordinal) ? "sft" : "dpo", "--config", path, "--dry_run"]);
            Assert.True(run.ExitCode == 0, $"{file}: {run.Errors}");
            Assert.Contains("learning_rate", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_readme_names_the_commands_of_the_main_job_and_of_the_tests()
    {
        var readme = Read("README.md").Split('\n');
        Assert.Contains("    dotnet run -c Release --project src/AlignSharp.Cli -- demo", readme);
        Assert.Contains("    dotnet test", readme);
    }

    [Fact]
    public void Every_link_between_pages_leads_to_a_file()
    {
        var broken = from page in Pages()
                     from Match link in Link().Matches(Read(page))
                     let target = link.Groups["target"].Value.Split('#')[0]
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
                     let path = Path.Combine(Path.GetDirectoryName(Full(page))!, target)
                     where !File.Exists(path) && !Directory.Exists(path)
                     select $"{page}: {target}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_page_is_in_the_index()
    {
        var index = Read("docs/README.md");
        var missing = Pages().Where(page => page.StartsWith("docs/", StringComparison.Ordinal)).Select(page => page["docs/".Length..])
            .Where(page => page != "README.md" && !index.Contains($"({page})", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void The_papers_page_names_files_that_exist()
    {
        var files = SourcePath().Matches(Read("docs/papers.md")).Select(match => match.Groups["path"].Value).ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => !File.Exists(Full(file)));
    }

    [Fact]
    public void Every_paper_cited_in_the_source_is_on_the_papers_page()
    {
        var listed = Arxiv().Matches(Read("docs/papers.md")).Select(match => match.Groups["id"].Value).ToHashSet();
        var cited = Directory.GetFiles(Full("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Arxiv().Matches(File.ReadAllText(file))).Select(match => match.Groups["id"].Value).ToHashSet();
        Assert.NotEmpty(cited);
        Assert.Empty(cited.Except(listed));
    }

    [Theory]
    [InlineData("run `align dpo --config x.yaml`, then", "dpo --config x.yaml")]
    [InlineData("    align doctor [--json]", "doctor [--json]")]
    [InlineData("    dotnet run -c Release --project src/AlignSharp.Cli -- demo", "demo")]
    [InlineData("    align dpo --config x.yaml \\\n      --dry_run", "dpo --config x.yaml       --dry_run")]
    public void Command_lines_are_found_in_text(string text, string expected) => Assert.Equal([expected], CommandLinesIn(text));

    private static IEnumerable<string> CommandLines(string page) => CommandLinesIn(Read(page));

    private static IEnumerable<string> CommandLinesIn(string text) =>
        CommandLine().Matches(text.Replace("\\\n", "", StringComparison.Ordinal)).Select(match => match.Groups["words"].Value.TrimEnd());

    // `tokenizer convert --tokenizer X` is the command `tokenizer convert`.
    private static string CommandOf(string line) => line.Split(' ')[0] is "tokenizer" or "data" ? string.Join(' ', line.Split(' ').Take(2)) : line.Split(' ')[0];

    private static IEnumerable<string> GuidePages() => Pages().Where(page => page == "README.md" || page.StartsWith("docs/guide/", StringComparison.Ordinal));

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Golden.RepositoryRoot, "*.md").Concat(Directory.GetFiles(Full("docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Golden.RepositoryRoot, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static string Full(string relative) => Path.Combine(Golden.RepositoryRoot, relative);

    private static string Read(string relative) => File.ReadAllText(Full(relative)).ReplaceLineEndings("\n");

    // At the start of a line or of a code span, or after `dotnet run ... --`.
    [GeneratedRegex(@"(?:^ *align |`align |^ *dotnet run .*AlignSharp\.Cli -- )(?<words>[a-z]+[^`\n#]*)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z_0-9-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"^```yaml\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<path>src/[^`]+)`")]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"arXiv:(?<id>\d{4}\.\d{4,5})")]
    private static partial Regex Arxiv();
}
