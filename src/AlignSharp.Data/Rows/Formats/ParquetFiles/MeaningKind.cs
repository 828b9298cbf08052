namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>What the stored values of a column, or a group, mean.</summary>
internal enum MeaningKind
{
    Plain,
    Text,
    List,
    Map,
    Decimal,
    Date,
    Time,
    Timestamp,
    Unsigned,
    Half,
    Uuid,
    Unsupported,
}
