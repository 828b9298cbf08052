namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>A row that a format cannot hold; becomes a fault that names the file.</summary>
internal sealed class RowMisfitException(int row, string field, string what, Exception? inner = null)
    : Exception($"row {row}: field '{field}' {what}.", inner);
