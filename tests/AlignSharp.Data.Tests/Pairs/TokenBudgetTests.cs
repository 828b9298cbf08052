using AlignSharp.Data.Pairs;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public class TokenBudgetTests
{
    [Fact]
    public void Consecutive_items_fill_a_batch_until_the_next_one_would_break_the_budget() =>
        Assert.Equal([[4, 6], [11], [1, 9], [1]], TokenBudget.Consecutive([4, 6, 11, 1, 9, 1], tokens => tokens, maxTokens: 10));

    [Fact]
    public void A_batch_of_consecutive_items_also_ends_at_the_most_items() =>
        Assert.Equal([[1, 1], [1, 9], [9]], TokenBudget.Consecutive([1, 1, 1, 9, 9], tokens => tokens, maxTokens: 10, maxItems: 2));

    [Fact]
    public void No_items_make_no_batch()
    {
        Assert.Empty(TokenBudget.Consecutive(Array.Empty<int>(), tokens => tokens, maxTokens: 10));
        Assert.Empty(TokenBudget.BestFit([], maxTokens: 10));
    }

    // 19, 16 and 12 open a batch each, and 5 joins 12. The 3 then fits beside 16 as well, but fills the other batch to the last token,
    // so that both 2s find room beside 16. The first batch with room instead of the fullest would lead to a fourth batch.
    [Fact]
    public void An_item_goes_into_the_fullest_batch_that_has_room_for_it() =>
        Assert.Equal([[0, 5, 6], [2, 3, 4], [1]], TokenBudget.BestFit([2, 19, 5, 12, 3, 16, 2], maxTokens: 20));

    [Fact]
    public void A_longer_item_stands_alone_and_first() => Assert.Equal([[1], [0, 2]], TokenBudget.BestFit([4, 11, 5], maxTokens: 10));

    [Fact]
    public void Random_items_are_divided_once_within_the_budget_and_the_fullest_batch_comes_first()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var maxTokens = random.Next(1, 200);
            var tokens = Lengths(random, count: random.Next(1, 60), longest: random.Next(1, 250));
            var batches = TokenBudget.BestFit(tokens, maxTokens);
            var sums = batches.Select(batch => batch.Sum(i => tokens[i])).ToArray();
            Assert.Equal(Enumerable.Range(0, tokens.Length), batches.SelectMany(batch => batch).Order());
            Assert.All(batches, batch => Assert.True(batch.Length == 1 || batch.Sum(i => tokens[i]) <= maxTokens));
            Assert.All(batches, batch => Assert.Equal(batch.Order(), batch));
            Assert.Equal(sums.OrderDescending(), sums);
            Assert.Equal(batches, TokenBudget.BestFit(tokens, maxTokens));
        }
    }

    // An item opens a batch only where no batch has room, so two batches never fit into one.
    [Fact]
    public void No_two_batches_fit_into_one()
    {
        var random = new Random(2);
        for (var round = 0; round < 300; round++)
        {
            var tokens = Lengths(random, count: random.Next(2, 60), longest: 120);
            var sums = TokenBudget.BestFit(tokens, maxTokens: 100).Select(batch => batch.Sum(i => tokens[i])).ToArray();
            if (sums.Length > 1) Assert.True(sums[^1] + sums[^2] > 100);
        }
    }

    // Full batches cut into pieces can be put together again, so the fewest batches are known; best fit decreasing stays within
    // 11/9 of them plus 4 (Johnson 1974).
    [Fact]
    public void Pieces_of_full_batches_need_few_more_batches_than_they_were_cut_from()
    {
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var fewest = random.Next(1, 60);
            int[] tokens = [.. Enumerable.Range(0, fewest).SelectMany(_ => Pieces(random, 1000))];
            random.Shuffle(tokens);
            Assert.InRange(TokenBudget.BestFit(tokens, maxTokens: 1000).Count, fewest, 11.0 / 9 * fewest + 4);
        }
    }

    private static int[] Lengths(Random random, int count, int longest) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, longest + 1))];

    private static IEnumerable<int> Pieces(Random random, int whole)
    {
        while (whole > 0)
        {
            var piece = random.Next(1, Math.Min(whole, 500) + 1);
            yield return piece;
            whole -= piece;
        }
    }
}
