using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>Reads the rows of a data set as examples, each source in the shape that its first row shows.</summary>
/// <typeparam name="T">What a row becomes.</typeparam>
public sealed class ExampleReader<T> where T : class
{
    private readonly DatasetOptions _options;
    private readonly IReadOnlyList<RowSource> _sources;
    private readonly RowShape<T>[] _shapes;
    private readonly List<T> _samples = [];
    private readonly Func<T, T> _require;

    internal ExampleReader(DatasetOptions options, IReadOnlyList<RowSource> sources, IReadOnlyList<RowShape<T>> shapes, Func<T, T> require)
    {
        _options = options;
        _sources = sources;
        _require = require;
        _shapes = [.. sources.Select(source => FirstShape(source, shapes))];
    }

    /// <summary>The shape of each source, as a line for people.</summary>
    public IReadOnlyList<string> Shapes => [.. _sources.Zip(_shapes, (source, shape) => $"{source.Part}: read as {shape}")];

    /// <summary>The first example of each source whose first row can be read: what kind of rows there are.</summary>
    public IReadOnlyList<T> Samples => _samples;

    /// <summary>Reads the examples one after the other, from the beginning at every call.</summary>
    /// <param name="bad">Receives rows that cannot be used, where the options pass them over; null keeps no account.</param>
    /// <exception cref="DatasetException">A row is bad, or none is left; thrown when it is reached.</exception>
    public IEnumerable<T> Read(BadRows? bad = null)
    {
        bad = _options.SkipBadRows ? bad ?? new BadRows() : null;
        var count = 0;
        foreach (var example in Mixed(bad).Take(_options.MaxRows ?? int.MaxValue))
        {
            count++;
            yield return example;
        }
        if (count == 0) throw new DatasetException($"{string.Join(", ", _sources.Select(source => source.Part))}: no row is left{(bad is { Count: > 0 } ? $"; all {bad.Count} are bad, the first: {bad.First[0]}" : _options.Filter is null ? "" : " after the filter")}.");
    }

    private IEnumerable<T> Mixed(BadRows? bad) => _sources.Count > 1 && _sources[0].Part.Weight is not null
        ? Interleaving.Mix([.. Enumerable.Range(0, _sources.Count).Select(i => (Func<IEnumerable<T>>)(() => One(i, bad)))], [.. _sources.Select(source => source.Part.Weight!.Value)], _options.Seed, _options.ReadsAll)
        : Enumerable.Range(0, _sources.Count).SelectMany(i => One(i, bad));

    private IEnumerable<T> One(int index, BadRows? bad)
    {
        foreach (var row in _sources[index].Read(bad))
        {
            T example;
            try
            {
                example = _require(_shapes[index].Read(row));
            }
            catch (DatasetException fault) when (bad is not null)
            {
                bad.Add(fault);
                continue;
            }
            yield return example;
        }
    }

    private RowShape<T> FirstShape(RowSource source, IReadOnlyList<RowShape<T>> shapes)
    {
        foreach (var row in source.Read(_options.SkipBadRows ? new BadRows() : null))
        {
            var shape = ShapeFinder.Find(row, shapes);
            try
            {
                _samples.Add(shape.Read(row));
            }
            catch (DatasetException)
            {
                // It is told again, or passed over, when the rows are read.
            }
            return shape;
        }
        throw new DatasetException($"{source.Part}: {(_options.Filter is null ? $"the {(source.Files.Count == 1 ? "file has" : "files have")} no rows" : "no row is left after the filter")}.");
    }
}
