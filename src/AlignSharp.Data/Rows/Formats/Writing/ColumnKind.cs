namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>Types of columns.</summary>
internal enum ColumnKind
{
    /// <summary>Only nulls were seen.</summary>
    Unknown,
    Text,
    Boolean,
    Integer,
    Number,
    List,
    Object,
}
