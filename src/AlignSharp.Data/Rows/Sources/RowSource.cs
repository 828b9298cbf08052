using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>The rows of one source, filtered and mapped.</summary>
/// <param name="part">The source.</param>
/// <param name="options">The data set that it belongs to.</param>
internal sealed class RowSource(DatasetPart part, DatasetOptions options)
{
    private readonly IReadOnlySet<string>? _removed = options.RemovedColumns.Count == 0 ? null : options.RemovedColumns.ToHashSet(StringComparer.Ordinal);

    /// <summary>The source.</summary>
    public DatasetPart Part => part;

    /// <summary>Its files.</summary>
    public IReadOnlyList<string> Files { get; } = DatasetFiles.Resolve(part);

    /// <summary>Reads the rows one after the other; each is valid until the next is asked for.</summary>
    /// <param name="bad">Receives rows that cannot be read; null throws.</param>
    /// <param name="maps">Whether rows are mapped; else they have the columns of the file.</param>
    public IEnumerable<RowFields> Read(BadRows? bad, bool maps = true)
    {
        foreach (var file in Files)
            foreach (var row in RowFormats.Read(file, onBadRow: bad is null ? null : bad.Add))
                if (Made(row, bad, maps) is { } made) yield return made;
    }

    private RowFields? Made(RowFields row, BadRows? bad, bool maps)
    {
        try
        {
            if (options.Filter?.Keeps(row) == false) return null;
            if (_removed is not null || part.Columns is not null) row = row with { Hidden = Hidden(row) };
            return maps && part.Mapping is { } mapping ? mapping.Apply(row) : row;
        }
        catch (DatasetException fault) when (bad is not null)
        {
            bad.Add(fault);
            return null;
        }
    }

    private IReadOnlySet<string> Hidden(RowFields row)
    {
        if (part.Columns is not { } columns) return _removed!;
        var hidden = row.Row.EnumerateObject().Select(field => field.Name).Where(name => !columns.Contains(name)).ToHashSet(StringComparer.Ordinal);
        if (_removed is not null) hidden.UnionWith(_removed);
        return hidden;
    }
}
