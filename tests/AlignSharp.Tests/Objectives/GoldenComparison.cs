using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Objectives;

/// <summary>How near a record of TRL's losses was met, value by value.</summary>
internal sealed class GoldenComparison(string objective, string name)
{
    // Below a thousandth of a vector's largest number float32 has other rounding than the sum it came from.
    private const double Floor = 1e-3;

    public string Objective { get; } = objective;

    public string Name { get; } = name;

    /// <summary>Largest difference over the size of the number expected.</summary>
    public double Error { get; private set; }

    /// <summary>What differed most.</summary>
    public string Where { get; private set; } = "";

    /// <summary>Numbers of the record that are none.</summary>
    public int Overflows { get; private set; }

    /// <summary>Whether the loss of each pair is a number; the gradient of one that is none says nothing. Null where pairs have no losses of their own.</summary>
    public bool[]? Finite { get; private set; }

    public void AddLosses(Tensor found, double[] expected)
    {
        Add("losses", found, expected);
        Finite = [.. expected.Select(double.IsFinite)];
    }

    public void Add(string what, Tensor found, params double[] expected)
    {
        var values = found.detach().to(ScalarType.Float64).cpu().reshape(-1).data<double>().ToArray();
        if (values.Length != expected.Length) throw new InvalidOperationException($"{Name}: {what} has {values.Length} numbers, expected {expected.Length}");
        if (values.Any(value => !double.IsFinite(value))) throw new InvalidOperationException($"{Name}: {what} is not finite: {string.Join(' ', values)}");
        var scale = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() * Floor;
        foreach (var (place, (wanted, actual)) in expected.Zip(values).Index())
        {
            if (!double.IsFinite(wanted)) Overflows++;
            else if (expected.Length == 1 || Finite is null || Finite[place]) Measure(what, Math.Abs(wanted - actual) / Math.Max(Math.Max(Math.Abs(wanted), scale), 1e-6), wanted, actual);
        }
    }

    private void Measure(string what, double error, double wanted, double actual)
    {
        if (error <= Error) return;
        (Error, Where) = (error, $"{what}: {wanted} expected, {actual} found");
    }
}
