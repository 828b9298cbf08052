using Mono.Cecil;

namespace AlignSharp.Acceptance.Architecture;

/// <summary>The rules of the house over what compiled code uses. Each answers with a line per violation; none is well.</summary>
internal static class HouseRules
{
    private const string Engine = "AlignSharp";
    private static readonly string[] BadEndings = ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Manager"];

    // Whoever ends the process or reads its arguments decides what only the command may decide.
    private static readonly string[] ProcessMembers = ["Exit", "set_ExitCode", "GetCommandLineArgs", "get_CommandLine"];

    /// <summary>Assemblies, the highest first: each may use those after it.</summary>
    public static IReadOnlyList<string> Assemblies { get; } = ["align", Engine, "AlignSharp.Data"];

    /// <summary>The engine's folders, the lowest first: each may use those before it.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        "Runtime", "Tensors", "Models", "Quantization", "Adapters", "Checkpoints", "Objectives", "Optimizers", "Generation",
        "Tracking", "Distributed", "Evaluation", "Training", "Diagnostics", "Hub", "Recipes",
    ];

    /// <summary>Assemblies of this project that an assembly references although they stand above it, or are not listed.</summary>
    public static IEnumerable<string> AssemblyOrder(string assembly, IEnumerable<string> references) =>
        from reference in references
        where reference.StartsWith(Engine, StringComparison.Ordinal) || reference == "align"
        where !Assemblies.Skip(Place(Assemblies, assembly) + 1).Contains(reference)
        select $"{assembly} references {reference}";

    /// <summary>Uses inside the engine that go upwards, or from a folder that sees less than what is below it.</summary>
    public static IEnumerable<string> FolderOrder(IEnumerable<TypeUse> uses) =>
        from use in uses
        where use.UsedAssembly == Engine
        let user = FolderOf(use.UserNamespace)
        let used = FolderOf(use.UsedNamespace)
        where user is not null && used is not null && user != used && !MaySee(user, used)
        select $"{use.User} ({user}) uses {use.Used} ({used})";

    /// <summary>References to TorchSharp.</summary>
    public static IEnumerable<string> WithoutTorch(string assembly, IEnumerable<string> references) =>
        references.Where(reference => reference.StartsWith("TorchSharp", StringComparison.Ordinal)).Select(reference => $"{assembly} references {reference}");

    /// <summary>Uses of the console, of the process's arguments or of its exit code.</summary>
    public static IEnumerable<string> WithoutConsole(IEnumerable<TypeUse> uses) =>
        from use in uses
        where use.Used == "System.Console" || use.Used.StartsWith("Spectre.", StringComparison.Ordinal)
            || (use.Used == "System.Environment" && ProcessMembers.Contains(use.Member))
        select $"{use.User} uses {use.Used}{(use.Member is null ? "" : "." + use.Member)}";

    /// <summary>Names of types and namespaces that say nothing about what is inside.</summary>
    public static IEnumerable<string> SpeakingNames(IEnumerable<string> fullNames) =>
        fullNames.Where(name => name.Split('.', '/', '`').Any(part => BadEndings.Any(bad => part.EndsWith(bad, StringComparison.Ordinal))));

    /// <summary>Public types that could be inherited from by accident, and public structs that are not records.</summary>
    public static IEnumerable<string> ClosedTypes(IEnumerable<TypeDefinition> types) =>
        from type in types
        where type.IsPublic || type.IsNestedPublic
        where type.IsValueType ? !type.IsEnum && !IsRecord(type) : !type.IsInterface && !type.IsSealed && !type.IsAbstract
        select $"{type.FullName} is neither sealed, static, abstract, an interface, an enum nor a record struct";

    // Objectives are functions of log-probs, and trackers of numbers: neither knows where these come from.
    private static bool MaySee(string user, string used) => user switch
    {
        "Objectives" => used == "Tensors",
        "Tracking" => false,
        _ => Place(Folders, used) < Place(Folders, user),
    };

    // AlignSharp.Models.Llama is Models. Compiler-made types have no namespace, and types right in AlignSharp have no folder.
    private static string? FolderOf(string name) => name.Split('.') is [Engine, var folder, ..] ? folder : null;

    private static bool IsRecord(TypeDefinition type) => type.Methods.Any(method => method.Name == "PrintMembers");

    private static int Place(IReadOnlyList<string> order, string name) => order.Contains(name)
        ? order.TakeWhile(other => other != name).Count()
        : throw new InvalidOperationException($"{name} has no place in the order: {string.Join(", ", order)}");
}
