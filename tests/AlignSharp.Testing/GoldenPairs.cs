using System.Text.Json;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;

namespace AlignSharp.Testing;

/// <summary>Reads the pre-tokenised pairs of the golden runs.</summary>
public static class GoldenPairs
{
    /// <summary>The pairs in file order.</summary>
    /// <param name="name">For example <c>trl/dpo_lora/pairs.json</c>.</param>
    public static IReadOnlyList<TokenizedPair> Load(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(name)));
        int[] Ids(JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
        return [.. json.RootElement.EnumerateArray().Select((row, i) => new TokenizedPair(
            Ids(row, "prompt_ids"), Ids(row, "chosen_ids"), Ids(row, "rejected_ids"), new RowPosition(name, i + 1)))];
    }
}
