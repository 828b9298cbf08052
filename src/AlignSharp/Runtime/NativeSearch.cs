using System.Runtime.InteropServices;
using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Runtime;

/// <summary>
/// Finds the native libraries: the folder that the user named, then beside the application, then the package folders that the
/// build recorded. The first place that has them wins; a folder that the user named and that lacks them is a fault.
/// </summary>
internal sealed record NativeSearch
{
    /// <summary>The environment variable that names a libtorch folder.</summary>
    internal const string Variable = "ALIGNSHARP_LIBTORCH";

    /// <summary>The file in the output folder of a build that names the package folders (written by <c>Natives.targets</c>).</summary>
    internal const string RecordName = "alignsharp.natives.json";

    /// <summary>Value of <see cref="Variable"/>, or null or empty when it is not set.</summary>
    public string? NamedFolder { get; init; }

    /// <summary>Folder of the application.</summary>
    public required string ApplicationFolder { get; init; }

    /// <summary>The search that this process makes.</summary>
    internal static NativeSearch OfThisProcess() => new()
    {
        NamedFolder = Environment.GetEnvironmentVariable(Variable),
        ApplicationFolder = AppContext.BaseDirectory,
    };

    /// <summary>Name of the libtorch library on this operating system.</summary>
    internal static string LibTorchName { get; } = FileName("torch");

    /// <summary>Name of TorchSharp's native library on this operating system.</summary>
    internal static string TorchSharpName { get; } =
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : FileName("LibTorchSharp");

    /// <summary>Searches all places in order.</summary>
    /// <returns>Two files that exist.</returns>
    /// <exception cref="ConfigurationException">The named folder is wrong, the record is unreadable, or no place has the libraries.</exception>
    internal NativeFiles Find()
    {
        var nativeFolder = Path.Combine(ApplicationFolder, "runtimes", PortableRuntimeIdentifier, "native");
        string[] beside = [nativeFolder, ApplicationFolder];
        var record = ReadRecord();

        var torchSharpPlaces = Existing([.. beside, record.TorchSharp], TorchSharpName);
        if (!string.IsNullOrEmpty(NamedFolder))
        {
            var named = FindNamed(NamedFolder);
            var ownTorchSharp = Existing([Path.GetDirectoryName(named)!], TorchSharpName);
            return new NativeFiles(named, ownTorchSharp ?? torchSharpPlaces ?? throw Missing(TorchSharpName, beside, record.TorchSharp), NativeOrigin.EnvironmentVariable);
        }

        var besideLibTorch = Existing(beside, LibTorchName);
        var libTorch = besideLibTorch ?? Existing([record.LibTorch], LibTorchName) ?? throw Missing(LibTorchName, beside, record.LibTorch);
        var torchSharp = torchSharpPlaces ?? throw Missing(TorchSharpName, beside, record.TorchSharp);
        return new NativeFiles(libTorch, torchSharp, besideLibTorch is null ? NativeOrigin.Packages : NativeOrigin.Application);
    }

    private static string FindNamed(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ConfigurationException($"{Variable} names '{folder}', which is not a folder; name a libtorch folder that holds {LibTorchName} or lib/{LibTorchName}, or unset the variable.");
        var full = Path.GetFullPath(folder);
        return Existing([full, Path.Combine(full, "lib")], LibTorchName)
            ?? throw new ConfigurationException($"{Variable} names '{folder}', but neither {LibTorchName} nor lib/{LibTorchName} is there; name a libtorch folder that has one, or unset the variable.");
    }

    private (string? LibTorch, string? TorchSharp) ReadRecord()
    {
        var file = Path.Combine(ApplicationFolder, RecordName);
        if (!File.Exists(file)) return (null, null);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            return (json.RootElement.GetProperty("libtorch").GetString(), json.RootElement.GetProperty("torchsharp").GetString());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{file} cannot be read as the build's record of native folders ({error.Message.ReplaceLineEndings(" ")}); build again.", error);
        }
    }

    private static string? Existing(string?[] folders, string name) =>
        folders.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, name)).FirstOrDefault(File.Exists);

    private static ConfigurationException Missing(string name, string[] beside, string? recorded)
    {
        var package = string.IsNullOrEmpty(recorded) ? $"no {RecordName} names a package folder for {PortableRuntimeIdentifier}" : $"not in the package folder '{recorded}'";
        return new ConfigurationException($"{name} was not found: not in '{beside[0]}', not in '{beside[1]}', {package}; restore and build again, or set {Variable} to a libtorch folder.");
    }

    private static string FileName(string stem) =>
        OperatingSystem.IsWindows() ? $"{stem}.dll" : OperatingSystem.IsMacOS() ? $"lib{stem}.dylib" : $"lib{stem}.so";

    // RuntimeInformation.RuntimeIdentifier may name a distribution; the packages know only the portable names.
    private static string PortableRuntimeIdentifier { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + "-" + RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString(),
        };
}
