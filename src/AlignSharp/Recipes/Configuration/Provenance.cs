namespace AlignSharp.Recipes.Configuration;

/// <summary>Where a setting came from.</summary>
/// <param name="Name">For the dry run: <c>default</c>, <c>config.yaml:7</c> or <c>--beta</c>.</param>
/// <param name="Position">For error messages: <c>config.yaml:7:12</c> or <c>option --beta</c>.</param>
public sealed record Provenance(string Name, string Position)
{
    /// <summary>Nobody set the key.</summary>
    public static Provenance Default { get; } = new("default", "default");

    /// <summary>A line of a file.</summary>
    /// <param name="file">The path as the user wrote it.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    public static Provenance File(string file, long line, long column) => new($"{file}:{line}", $"{file}:{line}:{column}");

    /// <summary>A command-line option.</summary>
    /// <param name="option">The option as declared, with its dashes.</param>
    public static Provenance Option(string option) => new(option, $"option {option}");
}
