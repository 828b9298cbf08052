using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>
/// The weights of a base with a sum of adapters added: W + Σ factorᵢ·Bᵢ·Aᵢ in float32, in the order of the adapters, rounded once. One
/// tensor at a time is in memory. PEFT's merge of several adapters rounds after each, and its safe merge rounds the update as well.
/// </summary>
/// <param name="weights">The base's weights; stay the caller's.</param>
/// <param name="sum">The adapters; stay the caller's.</param>
/// <param name="type">Type to write; null keeps each tensor's own.</param>
internal sealed class MergedWeights(BaseWeights weights, AdapterSum sum, ScalarType? type)
{
    private const string Suffix = ".weight";

    // 2⁻²⁴: half a unit in the last place of float32, relative.
    private const double Float32Rounding = 1.0 / (1 << 24);

    /// <summary>The merged tensors, each computed when it is written.</summary>
    /// <param name="names">Names of the base's weights in state-dict order.</param>
    /// <param name="cancellation">Checked before each tensor.</param>
    public IReadOnlyList<TensorSource> Sources(IEnumerable<string> names, CancellationToken cancellation) =>
        [.. names.Select(name => new TensorSource(name, TypeOf(name), weights.ShapeOf(name), () =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Merge(name);
        }))];

    /// <summary>
    /// Reads a written folder again and compares each value with the base plus one product of all adapters' stacked factors: another order
    /// of sums than <see cref="Sources"/> has. They may differ by the one rounding into the type and by float32's in the sums.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="names">Names of the weights.</param>
    /// <param name="cancellation">Checked before each tensor.</param>
    /// <exception cref="VerificationException">A value differs by more; the message names its tensor.</exception>
    public void RequireIn(string folder, IEnumerable<string> names, CancellationToken cancellation)
    {
        using var written = Checkpoint.Open(folder);
        foreach (var name in names)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Holds(written, name))
                throw new VerificationException($"the written tensor '{name}' is not the base's plus the adapters' update; nothing was written, please report this");
        }
    }

    private Tensor Merge(string name)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var merged = weights.Read(name);
        if (sum.Single is { } single) merged = single.Merge(name, merged, ScalarType.Float32);
        else foreach (var (a, b, factor) in sum.Updates(PathOf(name), merged))
            merged = merged.to(ScalarType.Float32).Plus(b.mm(a).Times(factor));
        merged = merged.to(TypeOf(name));
        if (!FiniteCheck.Holds(merged))
            throw new ConfigurationException($"dtype: {ModelFolder.TypeName(TypeOf(name))} cannot hold the merged '{name}', whose largest value is beyond it; choose bfloat16 or float32");
        return merged.MoveToOuterDisposeScope();
    }

    private bool Holds(Checkpoint written, string name)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var stored = weights.Read(name, ScalarType.Float32);
        if (sum.Single is { } single) return HoldsSingle(single, written, name, stored);
        var (expected, sizeOfTerms, rank) = (stored, stored.abs(), 1L);
        if (sum.Updates(PathOf(name), stored).ToList() is { Count: > 0 } updates)
        {
            var a = cat([.. updates.Select(update => update.A)], 0);
            var b = cat([.. updates.Select(update => update.B.Times(update.Factor))], 1);
            expected = stored.Plus(b.mm(a));
            sizeOfTerms = sizeOfTerms.Plus(b.abs().mm(a.abs()));
            rank += a.shape[0];
        }
        // A sum of n products is off by n roundings of the sum of their sizes at most; both sides are such sums.
        var slack = expected.abs().Times(Rounding(TypeOf(name))).Plus(sizeOfTerms.Times(4 * (rank + 1) * Float32Rounding)).Plus(Underflow(TypeOf(name)));
        return (written.Read(name, ScalarType.Float32) - expected).abs().le(slack).all().item<bool>();
    }

    // Against the same in float64, whose roundings are nothing beside float32's.
    private bool HoldsSingle(VariantMerge single, Checkpoint written, string name, Tensor stored)
    {
        var expected = single.Merge(name, stored, ScalarType.Float64);
        var sizes = expected.abs().Plus(stored.abs()).amax([-1], keepdim: true);
        var slack = expected.abs().Times(Rounding(TypeOf(name))).Plus(sizes.Times(4 * (sum.Adapter.Options.Rank + 8) * Float32Rounding)).Plus(Underflow(TypeOf(name)));
        return (written.Read(name, ScalarType.Float32) - expected).abs().le(slack).all().item<bool>();
    }

    private ScalarType TypeOf(string name) => type ?? weights.TypeOf(name);

    private static string PathOf(string name) => name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;

    // Half a unit in the last place, relative.
    private static double Rounding(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => 1.0 / (1 << 8),
        ScalarType.Float16 => 1.0 / (1 << 11),
        _ => Float32Rounding,
    };

    // Near zero the places end: float16 counts in steps of 2⁻²⁴, the others below 2⁻¹²⁶, where some processors give zero.
    private static double Underflow(ScalarType type) => type == ScalarType.Float16 ? Math.ScaleB(1, -25) : Math.ScaleB(1, -126);
}
