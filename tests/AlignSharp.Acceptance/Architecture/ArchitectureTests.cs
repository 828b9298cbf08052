using System.Text.RegularExpressions;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Architecture;

/// <summary>The rules of <c>CONTRIBUTING.md</c> over the compiled assemblies and the source folders.</summary>
public partial class ArchitectureTests
{
    public static TheoryData<string> Assemblies => [.. HouseRules.Assemblies];

    public static TheoryData<string> Libraries => [.. HouseRules.Assemblies.Where(name => name != "align")];

    [Theory, MemberData(nameof(Assemblies))]
    public void Assemblies_reference_only_those_below_them(string name)
    {
        using var assembly = new CompiledAssembly(name);
        Assert.Empty(HouseRules.AssemblyOrder(name, assembly.References));
    }

    [Fact]
    public void Folders_of_the_engine_use_only_those_below_them()
    {
        using var engine = new CompiledAssembly("AlignSharp");
        Assert.Empty(HouseRules.FolderOrder(engine.Uses()));
    }

    [Fact]
    public void The_data_assembly_knows_nothing_of_TorchSharp()
    {
        using var data = new CompiledAssembly("AlignSharp.Data");
        Assert.Empty(HouseRules.WithoutTorch(data.Name, data.References));
    }

    [Theory, MemberData(nameof(Libraries))]
    public void Only_the_command_touches_the_console(string name)
    {
        using var library = new CompiledAssembly(name);
        Assert.Empty(HouseRules.WithoutConsole(library.Uses()));
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void Types_and_namespaces_have_names_that_speak(string name)
    {
        using var assembly = new CompiledAssembly(name);
        Assert.Empty(HouseRules.SpeakingNames(assembly.Types.Select(type => type.FullName)));
    }

    [Theory, MemberData(nameof(Libraries))]
    public void Public_types_are_closed(string name)
    {
        using var library = new CompiledAssembly(name);
        Assert.NotEmpty(library.Types);
        Assert.Empty(HouseRules.ClosedTypes(library.Types));
    }

    [Fact]
    public void Every_project_and_every_folder_of_the_engine_has_a_place_in_the_order()
    {
        Assert.Equal(HouseRules.Assemblies.Order(), Projects().Select(AssemblyOf).Order());
        var folders = Directory.GetDirectories(Path.Combine(Source, "AlignSharp")).Select(folder => Path.GetFileName(folder)!);
        Assert.Empty(folders.Except([.. HouseRules.Folders, "bin", "obj"]));
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        var wrong = from project in Projects()
                    let root = Path.GetDirectoryName(project)!
                    from file in SourceFiles(root)
                    let declared = NamespaceLine().Match(File.ReadAllText(file)).Groups["name"].Value
                    let below = Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.')
                    let expected = Path.GetFileName(root) + (below == "." ? "" : "." + below)
                    where declared != expected && Path.GetFileName(file) != "Program.cs"
                    select $"{Path.GetRelativePath(Source, file)}: {declared}, expected {expected}";
        Assert.Empty(wrong);
    }

    private static string Source => Path.Combine(Golden.RepositoryRoot, "src");

    private static string[] Projects() => Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<string> SourceFiles(string project) =>
        Directory.GetDirectories(project).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
            .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(project, "*.cs"));

    private static string AssemblyOf(string project) =>
        AssemblyNameElement().Match(File.ReadAllText(project)) is { Success: true } named ? named.Groups["name"].Value : Path.GetFileNameWithoutExtension(project);

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex("<AssemblyName>(?<name>.+?)</AssemblyName>")]
    private static partial Regex AssemblyNameElement();
}
