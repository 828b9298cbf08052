using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Means of figures over a whole set, added up in double precision value by value, so that the batches that brought them do not count.</summary>
internal sealed class SetAverages
{
    private readonly OrderedDictionary<string, (double Sum, long Values)> _figures = [];

    /// <summary>The means in the order in which their names first came; a figure without values is not there.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Named => [.. _figures.Where(figure => figure.Value.Values > 0).Select(figure => KeyValuePair.Create(figure.Key, figure.Value.Sum / figure.Value.Values))];

    /// <summary>How many values a figure has.</summary>
    /// <param name="name">Its name.</param>
    public long Count(string name) => _figures[name].Values;

    /// <summary>Adds a batch's values of a figure.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">One value an item, any number of them; the tensor stays the caller's.</param>
    public void Add(string name, Tensor values)
    {
        using var local = values.to(ScalarType.Float32).cpu().contiguous();
        var (sum, count) = _figures.GetValueOrDefault(name);
        foreach (var value in local.data<float>()) sum += value;
        _figures[name] = (sum, count + local.numel());
    }
}
