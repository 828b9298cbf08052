using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Pairs;

/// <summary>Refuses token ids that a model has no embedding for, before they reach it.</summary>
public static class VocabularyCheck
{
    /// <summary>Checks pairs.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="vocabularySize">Number of ids that the model knows: 0 up to one less.</param>
    /// <exception cref="DatasetException">An id is out of range; the message names the row.</exception>
    public static void Require(IEnumerable<TokenizedPair> pairs, int vocabularySize)
    {
        foreach (var pair in pairs)
        {
            Require(pair.PromptIds, "prompt", pair.Source, vocabularySize);
            Require(pair.ChosenIds, "chosen completion", pair.Source, vocabularySize);
            Require(pair.RejectedIds, "rejected completion", pair.Source, vocabularySize);
        }
    }

    /// <summary>Checks sequences.</summary>
    /// <inheritdoc cref="Require(IEnumerable{TokenizedPair}, int)"/>
    /// <param name="sequences">The sequences.</param>
    /// <param name="vocabularySize">Number of ids that the model knows: 0 up to one less.</param>
    public static void Require(IEnumerable<TokenizedSequence> sequences, int vocabularySize)
    {
        foreach (var sequence in sequences) Require(sequence.Ids, "text", sequence.Source, vocabularySize);
    }

    private static void Require(int[] ids, string part, RowPosition source, int vocabularySize)
    {
        foreach (var id in ids)
            if ((uint)id >= (uint)vocabularySize)
                throw new DatasetException($"{source}: the {part} has the token id {id}, but the model's vocabulary ends at {vocabularySize - 1}; use the tokenizer of this model.");
    }
}
