namespace AlignSharp.Fuzz;

/// <summary>The command line.</summary>
internal sealed record FuzzOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/AlignSharp.Fuzz -- TARGET [options]
          TARGET               one of the targets below, or "all"
          --executions N       inputs to try, for each target (100000)
          --seed S             equal seeds try equal inputs (1)
          --corpus DIR         seeds of another folder instead of the committed ones
          --findings DIR       where failing inputs are written (fuzz-findings)
          --replay FILE        tries one input and says what happens
          --afl                serves afl-fuzz (see eng/fuzz.sh)
        """;

    public required string Target { get; init; }

    public long Executions { get; init; } = 100_000;

    public int Seed { get; init; } = 1;

    public string? Corpus { get; init; }

    public string Findings { get; init; } = "fuzz-findings";

    public string? Replay { get; init; }

    public bool Afl { get; init; }

    /// <summary>Reads the command line; null where it is none.</summary>
    public static FuzzOptions? Read(string[] words)
    {
        if (words.Length == 0 || words[0].StartsWith('-')) return null;
        var options = new FuzzOptions { Target = words[0] };
        for (var i = 1; i < words.Length; i++)
        {
            if (words[i] == "--afl")
            {
                options = options with { Afl = true };
                continue;
            }
            if (i + 1 == words.Length) return null;
            var value = words[++i];
            switch (words[i - 1])
            {
                case "--executions" when long.TryParse(value, out var executions): options = options with { Executions = executions }; break;
                case "--seed" when int.TryParse(value, out var seed): options = options with { Seed = seed }; break;
                case "--corpus": options = options with { Corpus = value }; break;
                case "--findings": options = options with { Findings = value }; break;
                case "--replay": options = options with { Replay = value }; break;
                default: return null;
            }
        }
        return options;
    }
}
