using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public class SequenceTokenizerTests
{
    private static readonly RowPosition Source = new("rows.jsonl", 7);
    private static readonly PieceTokenizer Tokenizer = new();

    [Fact]
    public void A_completion_is_scored_and_ended_as_in_a_pair()
    {
        var sequence = new SequenceTokenizer(Tokenizer, endTexts: false).Tokenize(new SftCompletionRow("Answer", " yes", Source));
        var pair = new PairTokenizer(Tokenizer, new PairTokenizerOptions()).Tokenize([new PreferenceRow("Answer", " yes", " no", Source)]).Pairs[0];
        Assert.Equal([.. pair.PromptIds, .. pair.ChosenIds], sequence.Ids);
        Assert.Equal(pair.PromptIds.Length, sequence.Scored.TakeWhile(scored => !scored).Count());
        Assert.Equal(pair.ChosenIds.Length, sequence.Scored.Count(scored => scored));
        Assert.Equal(Tokenizer.Special.Eos!.Id, sequence.Ids[^1]);
        Assert.Equal(Source, sequence.Source);
    }

    [Fact]
    public void Text_stands_as_it_is_or_is_ended_once()
    {
        int[] Ids(string text, bool end) => new SequenceTokenizer(Tokenizer, end).Tokenize(new SftTextRow(text, Source)).Ids;
        Assert.Equal(Tokenizer.Encode("yes"), Ids("yes", false));
        Assert.Equal(Tokenizer.Encode("yes</s>"), Ids("yes", true));
        Assert.Equal(Tokenizer.Encode("yes</s>"), Ids("yes</s>", true));
    }

    [Fact]
    public void Ids_are_kept_and_need_no_tokenizer()
    {
        var sequence = new SequenceTokenizer(null, endTexts: true).Tokenize(new SftIdsRow([5, 6], [false, true], Source));
        Assert.Equal([5, 6], sequence.Ids);
        Assert.Equal([false, true], sequence.Scored);
    }

    [Fact]
    public void Text_without_a_tokenizer_is_refused_with_its_row()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new SequenceTokenizer(null, endTexts: false).Tokenize(new SftTextRow("yes", Source)));
        Assert.StartsWith("rows.jsonl:7: the row is text", fault.Message, StringComparison.Ordinal);
    }
}
