using System.Text.Json;
using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>Messages that stand in several fields of a row, as in the files of Alpaca and LLaMA-Factory.</summary>
internal static class ConversationFields
{
    /// <summary>The field <c>system</c> as the first message; nothing where it is absent, null or blank.</summary>
    public static IReadOnlyList<ChatMessage> System(RowFields row) =>
        row.IsText("system") && row.Text("system") is var text && !string.IsNullOrWhiteSpace(text) ? [new ChatMessage("system", text)] : [];

    /// <summary>System, the turns of <c>history</c>, and instruction and input as what the user says.</summary>
    public static IReadOnlyList<ChatMessage> AlpacaPrompt(RowFields row)
    {
        var (instruction, input) = (row.Text("instruction"), row.IsText("input") ? row.Text("input") : "");
        return [.. System(row), .. History(row), new ChatMessage("user", input.Length == 0 ? instruction : $"{instruction}\n{input}")];
    }

    private static IEnumerable<ChatMessage> History(RowFields row)
    {
        if (!row.IsList("history") || !row.TryGet("history", out var turns)) yield break;
        foreach (var turn in turns.EnumerateArray())
        {
            if (turn.ValueKind != JsonValueKind.Array || turn.GetArrayLength() != 2 || turn[0].ValueKind != JsonValueKind.String || turn[1].ValueKind != JsonValueKind.String)
                throw row.Fault("history", "has a turn that is not [what the user said, what the assistant answered]");
            yield return new ChatMessage("user", turn[0].GetString()!);
            yield return new ChatMessage("assistant", turn[1].GetString()!);
        }
    }
}
