namespace AlignSharp.Data.Rows;

/// <summary>One preference of a data file: as text (<see cref="PreferenceRow"/>) or as token ids (<see cref="PreferenceIdsRow"/>).</summary>
/// <param name="Source">Where it came from.</param>
public abstract record PreferenceExample(RowPosition Source);
