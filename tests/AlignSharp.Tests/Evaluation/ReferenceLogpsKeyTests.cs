using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Evaluation;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Evaluation;

public class ReferenceLogpsKeyTests
{
    private static readonly ReferenceLogpsKey Key = new()
    {
        Model = "m",
        Adapter = "a",
        Tokenizer = "t",
        Pairs = "p",
        BatchPairs = 8,
        BatchTokens = 4096,
        Dtype = "float32",
        Device = "cpu",
        Threads = 2,
    };

    public static TheoryData<string> Parts => [.. Key.Parts.Select(part => part.Key)];

    /// <summary>The key with one part changed.</summary>
    internal static ReferenceLogpsKey Changed(ReferenceLogpsKey key, string part) => part switch
    {
        "model" => key with { Model = "other" },
        "adapter" => key with { Adapter = "other" },
        "tokenizer" => key with { Tokenizer = "other" },
        "pairs" => key with { Pairs = "other" },
        "batch_pairs" => key with { BatchPairs = 16 },
        "batch_tokens" => key with { BatchTokens = 2048 },
        "dtype" => key with { Dtype = "bfloat16" },
        "device" => key with { Device = "cuda" },
        "threads" => key with { Threads = 3 },
        "numerics" => key with { Numerics = key.Numerics + 1 },
        "ld_alpha" => key with { LdAlpha = 0.5 },
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "no such part"),
    };

    [Theory, MemberData(nameof(Parts))]
    public void Every_part_changes_the_digest(string part)
    {
        Assert.Equal(Key.Digest, (Key with { }).Digest);
        Assert.NotEqual(Key.Digest, Changed(Key, part).Digest);
    }

    [Fact]
    public void Every_property_is_a_part() =>
        Assert.Equal(typeof(ReferenceLogpsKey).GetProperties().Length - 2, Key.Parts.Count); // without Parts and Digest

    [Fact]
    public void Pairs_count_by_their_ids_their_order_and_their_split()
    {
        var pairs = TinyPairs.Create(3, seed: 1);
        var first = pairs[0];
        IReadOnlyList<TokenizedPair> With(TokenizedPair pair) => [pair, .. pairs.Skip(1)];
        int[] Increased(int[] ids) => [ids[0] + 1, .. ids.Skip(1)];
        string[] hashes =
        [
            .. new[]
            {
                pairs, [.. pairs.Reverse()], [.. pairs.Take(2)], [.. pairs, pairs[0]],
                With(first with { PromptIds = Increased(first.PromptIds) }),
                With(first with { ChosenIds = Increased(first.ChosenIds) }),
                With(first with { RejectedIds = Increased(first.RejectedIds) }),
                With(first with { ChosenIds = first.RejectedIds, RejectedIds = first.ChosenIds }),
                With(first with { PromptIds = [.. first.PromptIds, first.ChosenIds[0]], ChosenIds = [.. first.ChosenIds.Skip(1)] }),
            }.Select(ReferenceLogpsKey.HashOf),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Where_pairs_came_from_does_not_count()
    {
        var pairs = TinyPairs.Create(3, seed: 1);
        Assert.Equal(ReferenceLogpsKey.HashOf(pairs), ReferenceLogpsKey.HashOf([.. pairs.Select(pair => pair with { Source = new RowPosition("elsewhere.json", 7) })]));
    }
}
