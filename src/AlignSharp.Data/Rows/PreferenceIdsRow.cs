namespace AlignSharp.Data.Rows;

/// <summary>A preference that was tokenised before; its ids are used as they are.</summary>
/// <param name="PromptIds">Ids of the prompt; may be empty, then the first completion token is not scored.</param>
/// <param name="ChosenIds">Ids of the better completion; at least one.</param>
/// <param name="RejectedIds">Ids of the worse completion; at least one, and not those of the better.</param>
/// <param name="Source">Where it came from.</param>
public sealed record PreferenceIdsRow(int[] PromptIds, int[] ChosenIds, int[] RejectedIds, RowPosition Source) : PreferenceExample(Source);
