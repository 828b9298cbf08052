using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// Forward and backward of one linear map on the CPU, without recording. The adapter's products are float32,
/// whatever the activations and its matrices are: its updates are too small for bfloat16.
/// </summary>
/// <param name="map">The map.</param>
internal sealed class LinearMapProducts(LinearMap map)
{
    // Half of what a layer's input and output may have in common: tells this application's dropout from all others.
    private readonly ulong _dropoutKey = map.Update is { Dropout: > 0 } ? DropoutKey.Draw() : 0;

    /// <summary>The map's values.</summary>
    /// <param name="x"><c>[rows, in]</c>, contiguous.</param>
    /// <returns><c>[rows, out]</c>, and A's output float32 <c>[rows, rank]</c>, which the backward pass needs, or null.</returns>
    public (Tensor Output, Tensor? Inner) Forward(Tensor x)
    {
        var inner = Inner(x);
        LowRankTerm[] terms = inner is null ? [] : [new LowRankTerm(inner, Wide(map.Update!.Value.B).t(), map.Update.Value.Scaling)];
        var type = map.ComputeType ?? x.dtype;
        var output = Buffers.Empty(type, x.device, x.size(0), map.OutFeatures);
        MatrixProduct.MultiplySum(output, [(Narrowed(x), map.Forward)], type == x.dtype ? terms : []);
        if (map.Bias is { } bias) output.AddInPlace(bias.to(type));
        if (type != x.dtype)
        {
            output = output.to(x.dtype);
            foreach (var term in terms) MatrixProduct.Multiply(output, term.Inner, term.Right, term.Scale, add: true);
        }
        if (map.Update?.BiasOfB is { } biasOfB) output.AddInPlace(Wide(biasOfB).Times(map.Update.Value.Scaling));
        return (output, inner);
    }

    /// <summary>The gradient of an input that several maps share.</summary>
    /// <param name="slopes">For each map the gradient of its output, <c>[rows, out]</c> and contiguous, and of A's output; at least one.</param>
    /// <returns><c>[rows, in]</c>.</returns>
    public static Tensor InputGradient(IReadOnlyList<(LinearMapProducts Map, Tensor Outer, Tensor? Inner)> slopes)
    {
        var (first, outer, _) = slopes[0];
        var dx = Buffers.Empty(outer.dtype, outer.device, outer.size(0), first.Map.InFeatures);
        var terms = slopes.Where(slope => slope.Inner is not null && !slope.Map.Drops).Select(slope => new LowRankTerm(slope.Inner!, Wide(slope.Map.Map.Update!.Value.A), 1));
        MatrixProduct.MultiplySum(dx, [.. slopes.Select(slope => (slope.Map.Narrowed(slope.Outer), slope.Map.Map.Backward))], [.. terms]);
        foreach (var (map, _, inner) in slopes)
            if (map.Drops) map.AddDropped(dx, inner!);
        return dx;
    }

    /// <summary>Gradient of A's output, float32 <c>[rows, rank]</c>; null without an adapter.</summary>
    /// <param name="gradient"><c>[rows, out]</c>, contiguous.</param>
    public Tensor? InnerGradient(Tensor gradient)
    {
        if (map.Update is not { } update) return null;
        var inner = Buffers.Empty(ScalarType.Float32, gradient.device, gradient.size(0), update.A.size(0));
        MatrixProduct.Multiply(inner, gradient, Wide(update.B), update.Scaling);
        return inner;
    }

    /// <summary>Gradients of the parameters in the order of <see cref="LinearMap.Parameters"/>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="inner">A's output.</param>
    /// <param name="gradient">Gradient of the output.</param>
    /// <param name="innerGradient">Gradient of A's output.</param>
    /// <param name="wanted">Which are wanted.</param>
    public Tensor?[] ParameterGradients(Tensor x, Tensor? inner, Tensor gradient, Tensor? innerGradient, bool[] wanted)
    {
        var gradients = new Tensor?[LinearMap.ParameterCount];
        if (wanted[0]) MatrixProduct.Multiply(gradients[0] = Buffers.Like(map.Weight!), gradient.t(), x);
        if (wanted[1]) gradients[1] = gradient.sum([0], type: ScalarType.Float32).to(map.Bias!.dtype);
        if (map.Update is not { } update) return gradients;
        if (wanted[2])
        {
            using var dropped = Dropped(x);
            gradients[2] = Product(update.A, innerGradient!.t(), dropped, 1);
        }
        if (wanted[3]) gradients[3] = Product(update.B, gradient.t(), inner!, update.Scaling);
        if (wanted[4]) gradients[4] = gradient.sum([0], type: ScalarType.Float32).Times(update.Scaling).to(update.BiasOfB!.dtype);
        return gradients;
    }

    private LinearMap Map => map;

    // Thin matrices: widened they cost little beside the products, which are then those of a float32 adapter bit by bit.
    private static Tensor Wide(Tensor thin) => thin.dtype == ScalarType.Float32 ? thin : thin.to(ScalarType.Float32);

    // A gradient of a thin matrix, rounded once into its type.
    private static Tensor Product(Tensor of, Tensor left, Tensor right, double scale)
    {
        var product = Buffers.Empty(ScalarType.Float32, of.device, of.shape);
        MatrixProduct.Multiply(product, left, right, scale);
        return of.dtype == ScalarType.Float32 ? product : product.to(of.dtype);
    }

    private Tensor Narrowed(Tensor x) => map.ComputeType is { } type ? x.to(type) : x;

    private bool Drops => map.Update is { Dropout: > 0 };

    // The adapter's part behind its dropout.
    private void AddDropped(Tensor dx, Tensor innerGradient)
    {
        using var behind = Buffers.Like(dx);
        MatrixProduct.Multiply(behind, innerGradient, Wide(map.Update!.Value.A));
        Drop(behind, dx, map.Update.Value.Dropout, adds: true);
    }

    private Tensor? Inner(Tensor x)
    {
        if (map.Update is not { } update) return null;
        using var dropped = Dropped(x);
        var inner = Buffers.Empty(ScalarType.Float32, x.device, x.size(0), update.A.size(0));
        MatrixProduct.Multiply(inner, dropped, Wide(update.A).t());
        return inner;
    }

    // A tensor of its own in either case, to be disposed.
    private Tensor Dropped(Tensor x)
    {
        if (map.Update!.Value.Dropout == 0) return x.alias();
        var dropped = Buffers.Like(x);
        Drop(x, dropped, map.Update.Value.Dropout, adds: false);
        return dropped;
    }

    private unsafe void Drop(Tensor from, Tensor to, double probability, bool adds) => CpuKernels.Run(
        new Dropping((int)from.size(1), (float)probability, _dropoutKey) { Input = (byte*)TorchNatives.Address(from), Output = (byte*)TorchNatives.Address(to), Adds = adds },
        from.dtype, from.size(0), from.size(1));
}
