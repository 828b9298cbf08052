using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tensors;

/// <summary>Applies linear maps, adapters included.</summary>
public static class Linear
{
    /// <summary>Applies a map.</summary>
    /// <param name="x"><c>[rows, in]</c>.</param>
    /// <param name="map">The map.</param>
    /// <returns><c>[rows, out]</c>, owned by the caller's scope.</returns>
    public static Tensor Apply(Tensor x, LinearMap map) => Apply(x, [map])[0];

    /// <summary>Applies several maps to one input, whose gradient is then summed in place.</summary>
    /// <param name="x"><c>[rows, in]</c>.</param>
    /// <param name="maps">The maps.</param>
    /// <returns>For each map <c>[rows, out]</c>, owned by the caller's scope.</returns>
    public static Tensor[] Apply(Tensor x, params LinearMap[] maps)
    {
        foreach (var map in maps) Check(x, map);
        if (Array.Exists(maps, map => map.Magnitude is not null)) return DecomposedLinear.Apply(x, maps);
        return CpuKernels.Handle(x)
            ? Operation.Apply(new Maps(maps), [x, .. maps.SelectMany(map => map.Parameters)])
            : Array.ConvertAll(maps, map => Compose(x, map));
    }

    // The update in float32 (or float64) and the sum rounded back, as PEFT computes it for full-precision bases.
    private static Tensor Compose(Tensor x, LinearMap map)
    {
        using var scope = NewDisposeScope();
        var output = map.Codes is not null ? Operation.Apply(new DecodedProduct(map), map.ComputeType is { } compute ? x.to(compute) : x)[0] : F.linear(x, map.Weight!.to(x.dtype), map.Bias?.to(x.dtype));
        if (map.Codes is not null) output = (map.Bias is { } bias ? output.Plus(bias.to(output.dtype)) : output).to(x.dtype);
        if (map.Update is { } update)
        {
            var type = WideType(update.A);
            var wide = x.to(type);
            if (update.Dropout > 0) wide = F.dropout(wide, update.Dropout, training: true);
            output = output.Plus(F.linear(F.linear(wide, update.A.to(type)), update.B.to(type), update.BiasOfB?.to(type)).Times(update.Scaling)).to(output.dtype);
        }
        return output.MoveToOuterDisposeScope();
    }

    internal static void Check(Tensor x, LinearMap map)
    {
        var weight = Describe(map);
        var fits = map.Weight is null ? map.Codes is not null : map.Weight.dim() == 2 && (x.dtype == map.Weight.dtype || map.Weight.dtype is ScalarType.Float32 or ScalarType.BFloat16);
        if (!fits || x.dim() != 2 || x.size(1) != map.InFeatures)
            throw new ArgumentException($"Rows {x.dtype} [{string.Join(", ", x.shape)}] do not fit a weight {weight}; expected [rows, in] and [out, in] of one type, or a weight in Float32 or BFloat16", nameof(map));
        if (map.Bias is { } bias && (bias.dim() != 1 || bias.size(0) != map.OutFeatures))
            throw new ArgumentException($"A bias {ShapeCheck.Describe(bias)} does not fit a weight {weight}; expected one number an output", nameof(map));
        if (CpuKernels.Handle(x) && map.Update is { } narrow && !(CpuKernels.Stores(narrow.A.dtype) && CpuKernels.Stores(narrow.B.dtype)))
            throw new ArgumentException($"An update of A {ShapeCheck.Describe(narrow.A)} and B {ShapeCheck.Describe(narrow.B)} cannot stand beside a weight {weight}; expected Float32 or BFloat16", nameof(map));
        if (map.Update is { } update && (update.A.size(1) != map.InFeatures || update.B.size(0) != map.OutFeatures || update.A.size(0) != update.B.size(1)))
            throw new ArgumentException($"An update of A [{string.Join(", ", update.A.shape)}] and B [{string.Join(", ", update.B.shape)}] does not fit a weight {weight}", nameof(map));
        if (map.Update?.BiasOfB is { } biasOfB && (biasOfB.dim() != 1 || biasOfB.size(0) != map.OutFeatures))
            throw new ArgumentException($"A bias of B {ShapeCheck.Describe(biasOfB)} does not fit a weight {weight}; expected one number an output", nameof(map));
        if (map.Magnitude is { } magnitude) DecomposedLinear.Check(map, magnitude);
    }

    /// <summary>Type and shape of a map's matrix, for a message.</summary>
    internal static string Describe(LinearMap map) => map.Codes is { } codes ? $"of 4 bits [{codes.Rows}, {codes.Columns}]" : ShapeCheck.Describe(map.Weight!);

    /// <summary>Type in which an adapter's part is computed.</summary>
    /// <param name="trained">One of its tensors.</param>
    internal static ScalarType WideType(Tensor trained) => trained.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    // Where kernels do not run: the decoded matrix lives as long as a product, not until the backward pass.
    private sealed class DecodedProduct(LinearMap map) : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs) => [inputs[0]!.mm(map.Forward.Whole(inputs[0]!.dtype))];

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved) => [gradients[0]!.mm(map.Backward.Whole(gradients[0]!.dtype))];
    }

    private sealed class Maps(LinearMap[] maps) : Operation
    {
        private const int ParametersOfMap = LinearMap.ParameterCount;

        private readonly LinearMapProducts[] _products = Array.ConvertAll(maps, map => new LinearMapProducts(map));

        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            var x = inputs[0]!.contiguous();
            var results = Array.ConvertAll(_products, map => map.Forward(x));
            // A frozen map needs nothing but its weight, which the model keeps.
            if (IsRecorded) Save([Enumerable.Range(0, maps.Length).Any(WantsParameter) ? x : null, .. results.Select(result => result.Inner)]);
            return Array.ConvertAll(results, result => result.Output);
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            var used = Enumerable.Range(0, maps.Length).Where(i => gradients[i] is not null).ToArray();
            var slopes = Array.ConvertAll(used, i => (Map: i, Outer: gradients[i]!.contiguous(), Inner: _products[i].InnerGradient(gradients[i]!.contiguous())));
            var results = new Tensor?[1 + ParametersOfMap * maps.Length];
            if (Wants(0)) results[0] = LinearMapProducts.InputGradient(Array.ConvertAll(slopes, slope => (_products[slope.Map], slope.Outer, slope.Inner)));
            foreach (var (map, outer, inner) in slopes)
            {
                if (!WantsParameter(map)) continue;
                var place = 1 + map * ParametersOfMap;
                _products[map].ParameterGradients(saved[0]!, saved[1 + map], outer, inner, [.. Enumerable.Range(place, ParametersOfMap).Select(Wants)]).CopyTo(results, place);
            }
            return results;
        }

        private bool WantsParameter(int map) => Enumerable.Range(1 + map * ParametersOfMap, ParametersOfMap).Any(Wants);
    }
}
