using System.Globalization;

namespace AlignSharp.Adapters.Lora;

/// <summary>The layers whose modules get an adapter (<c>layers_to_transform</c>, <c>layers_pattern</c>).</summary>
/// <param name="Layers">Their indices.</param>
/// <param name="Patterns">Names of the list of layers, as regular expressions; empty for the first number in a path.</param>
/// <exception cref="ArgumentException">A pattern is malformed.</exception>
public sealed record LayerSelection(IReadOnlyList<int> Layers, IReadOnlyList<string> Patterns)
{
    private readonly ModulePattern[] _patterns =
        [.. (Patterns.Count > 0 ? Patterns : [@"[^.]*"]).Select(name => new ModulePattern($@"^.*?\.{name}\.(\d+)\.", name, "layers_pattern"))];

    /// <summary>Whether a module stands in one of the layers.</summary>
    /// <param name="path">Module path.</param>
    public bool Holds(string path)
    {
        foreach (var pattern in _patterns)
            if (pattern.Match(path) is { Success: true } match) return Layers.Contains(int.Parse(match.Groups[^1].Value, CultureInfo.InvariantCulture));
        return false;
    }
}
