namespace AlignSharp.Data.Lengths;

/// <summary>A bar of a histogram.</summary>
/// <param name="From">Shortest length.</param>
/// <param name="To">First length that is not in it.</param>
/// <param name="Rows">Rows in it.</param>
public readonly record struct LengthBin(int From, int To, int Rows);
