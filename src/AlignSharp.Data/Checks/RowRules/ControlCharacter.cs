using System.Buffers;

namespace AlignSharp.Data.Checks.RowRules;

/// <summary>A control character other than tab and line ends.</summary>
internal sealed class ControlCharacter : IRowRule
{
    // C0, delete and C1 without tab, line feed, carriage return and next line, which IBM's texts end lines with.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(character => char.IsControl(character) && character is not ('\t' or '\n' or '\r' or '\u0085'))]);

    public FindingKind Kind { get; } = new(
        "control-character",
        "a text holds a control character",
        "Null characters, escapes and the like come from binary data, terminals or a wrong encoding (Windows-1252 read as Latin-1): rare tokens that the model learns to write.",
        "Remove them, or read the source again in the encoding that it has.")
    {
        Severity = FindingKind.Warning,
    };

    public string? Find(PairView pair) => pair.Where(text => text.AsSpan().IndexOfAny(Controls));
}
