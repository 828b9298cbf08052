namespace AlignSharp.Data.Rows.Sources;

/// <summary>Draws from several sources by their weights, in the order of Hugging Face's <c>interleave_datasets(probabilities, seed)</c>.</summary>
internal static class Interleaving
{
    /// <summary>Draws that NumPy makes at once; it decides nothing but how far the generator is ahead.</summary>
    private const int DrawsAtOnce = 1000;

    /// <summary>The items of all sources, mixed.</summary>
    /// <param name="sources">Opens each source; one that is to be read anew is opened again.</param>
    /// <param name="weights">Its weight; they need not add up to 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="readsAll">Whether it ends when every source was read once, else when one was.</param>
    public static IEnumerable<T> Mix<T>(IReadOnlyList<Func<IEnumerable<T>>> sources, IReadOnlyList<double> weights, ulong seed, bool readsAll)
    {
        var open = sources.Select(source => new LookAhead<T>(source)).ToList();
        try
        {
            if (open.Any(source => source.IsEmpty)) yield break;
            var wasRead = new bool[open.Count];
            foreach (var index in Draws(weights, seed))
            {
                if (readsAll ? wasRead.All(read => read) : wasRead.Any(read => read)) yield break;
                yield return open[index].Next(out var isLast);
                wasRead[index] |= isLast;
            }
        }
        finally
        {
            foreach (var source in open) source.Dispose();
        }
    }

    // numpy's choice(p): the place of a number from 0 to 1 in the cumulated probabilities.
    private static IEnumerable<int> Draws(IReadOnlyList<double> weights, ulong seed)
    {
        var sum = weights.Sum();
        var ends = new double[weights.Count];
        var cumulated = 0.0;
        for (var i = 0; i < ends.Length; i++) ends[i] = cumulated += weights[i] / sum;
        for (var i = 0; i < ends.Length; i++) ends[i] /= cumulated;
        var random = new NumpyGenerator(seed);
        var draws = new double[DrawsAtOnce];
        while (true)
        {
            for (var i = 0; i < draws.Length; i++) draws[i] = random.Uniform();
            foreach (var draw in draws)
            {
                var index = 0;
                while (index < ends.Length - 1 && draw >= ends[index]) index++;
                yield return index;
            }
        }
    }

    /// <summary>A source that knows whether more follows, and begins anew behind its end.</summary>
    private sealed class LookAhead<T>(Func<IEnumerable<T>> source) : IDisposable
    {
        private IEnumerator<T>? _rows;
        private bool _hasNext;

        public bool IsEmpty
        {
            get
            {
                Begin();
                return !_hasNext;
            }
        }

        public T Next(out bool isLast)
        {
            Begin();
            var item = _rows!.Current;
            _hasNext = _rows.MoveNext();
            isLast = !_hasNext;
            if (isLast)
            {
                _rows.Dispose();
                _rows = null;
            }
            return item;
        }

        public void Dispose() => _rows?.Dispose();

        private void Begin()
        {
            if (_rows is not null) return;
            _rows = source().GetEnumerator();
            _hasNext = _rows.MoveNext();
        }
    }
}
