using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>Finds the shape of a file by its first row.</summary>
internal static class ShapeFinder
{
    /// <summary>The first shape that the row fits.</summary>
    /// <exception cref="DatasetException">It fits none; the message says what is there, what is expected, and what to do.</exception>
    public static RowShape<T> Find<T>(RowFields row, IReadOnlyList<RowShape<T>> shapes) => shapes.FirstOrDefault(shape => shape.Fits(row)) ?? throw NoShape(row, shapes);

    private static DatasetException NoShape<T>(RowFields row, IReadOnlyList<RowShape<T>> shapes)
    {
        var names = row.Fields.Select(field => field.Name).ToList();
        var expected = string.Join("; or ", shapes.Select(shape => $"{shape.Name}: {string.Join(", ", shape.Fields)}").Distinct());
        return new DatasetException($"{row.Source}: the row has the fields [{string.Join(", ", names.Take(12))}], expected {expected}. {Remedy(row, names, typeof(T))}");
    }

    private static string Remedy(RowFields row, IReadOnlyList<string> names, Type wanted)
    {
        if (wanted == typeof(PreferenceExample) && row.Has("completion") && row.Has("label")) return "These are unpaired preferences: pair a better and a worse completion of each prompt with align data convert --shape preference.";
        if (wanted == typeof(PreferenceExample) && (row.Has("messages") || row.Has("text") || row.Has("completion"))) return "These rows hold no two answers to choose between; train on them with align sft.";
        if (wanted == typeof(SftExample) && row.Has("chosen")) return "These are preferences: train on them with align dpo, or take one answer with dataset_mapping: {prompt: '{prompt}', completion: '{chosen}'}.";
        return $"Say what they mean, for example --dataset_mapping \"{Example(names, wanted)}\", or rename them.";
    }

    // The line that a user would write, with columns of the row where names suggest them.
    private static string Example(IReadOnlyList<string> names, Type wanted)
    {
        var prompt = Guess(names, ["question", "instruction", "query", "input", "prompt", "context", "post"]) ?? "question";
        if (wanted == typeof(SftExample)) return $"{{prompt: '{{{prompt}}}', completion: '{{{Guess(names, ["answer", "response", "output", "completion", "summary", "target"]) ?? "answer"}}}'}}";
        var better = Guess(names, ["chosen", "better", "preferred", "accepted", "winner", "positive", "response_j", "response_a", "answer_a", "response_0", "win"]) ?? "better";
        var worse = Guess(names, ["rejected", "worse", "dispreferred", "loser", "negative", "response_k", "response_b", "answer_b", "response_1", "lose"]) ?? "worse";
        return $"{{prompt: '{{{prompt}}}', chosen: '{{{better}}}', rejected: '{{{worse}}}'}}";
    }

    private static string? Guess(IReadOnlyList<string> names, string[] words) =>
        words.Select(word => names.FirstOrDefault(name => name.Contains(word, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(name => name is not null);
}
