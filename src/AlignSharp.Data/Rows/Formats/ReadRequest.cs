using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>What is asked of a format's reader.</summary>
/// <param name="Path">The file, as the user gave it.</param>
/// <param name="Skip">Rows to pass over at the start, readable or not.</param>
/// <param name="OnBadRow">Hears of rows that cannot be read, which are then passed over; null: the first ends the reading.</param>
internal sealed record ReadRequest(string Path, int Skip, Action<DatasetException>? OnBadRow)
{
    /// <summary>Where a row stands.</summary>
    /// <param name="row">1-based row.</param>
    public RowPosition At(int row) => new(Path, row);

    /// <summary>Reports one row that cannot be read, or throws the fault.</summary>
    /// <param name="fault">What is wrong with the row.</param>
    public void Report(DatasetException fault)
    {
        if (OnBadRow is null) throw fault;
        OnBadRow(fault);
    }
}
