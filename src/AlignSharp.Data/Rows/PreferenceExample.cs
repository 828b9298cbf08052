namespace AlignSharp.Data.Rows;

/// <summary>One preference of a data file: as text (<see cref="PreferenceRow"/>) or as token ids (<see cref="PreferenceIdsRow"/>).</summary>
/// <param name="Source">Where it came from.</param>
public abstract record PreferenceExample(RowPosition Source)
{
    /// <summary>A score of the better completion, where the row has a column of that kind; else null.</summary>
    public double? ChosenScore { get; init; }

    /// <summary>A score of the worse completion; else null.</summary>
    public double? RejectedScore { get; init; }
}
