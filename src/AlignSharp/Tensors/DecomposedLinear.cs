using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tensors;

/// <summary>
/// Linear maps whose rows have a trained length (DoRA, Liu et al. 2024, arXiv:2402.09353): <c>y = g · (x·Vᵀ) + b</c> with
/// <c>V = W + scaling · B·A</c> and <c>g = magnitude / ‖V‖</c>. As in the paper's section 4.3 and in PEFT the norm is a constant for the gradient.
/// </summary>
public static class DecomposedLinear
{
    // Rows of a weight that are widened at a time, so that no second copy of it exists.
    private const int ChunkRows = 512;

    /// <summary>The squared length of each row of a map's weight, without its update.</summary>
    /// <param name="map">The map.</param>
    /// <returns>float64 <c>[out]</c>, without gradient, owned by the caller's scope.</returns>
    public static Tensor SquaredNorms(LinearMap map)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return cat([.. Chunks(map).Select(rows =>
        {
            using var inner = NewDisposeScope();
            var wide = Wide(rows);
            return (wide * wide).sum([1], type: ScalarType.Float64).MoveToOuterDisposeScope();
        })], 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The length of each row of weight and update together, <c>‖W‖² + 2s·⟨B, W·Aᵀ⟩ + s²·⟨B·(A·Aᵀ), B⟩</c> under a root: products of the rank's
    /// width, and never one of the weight's size.
    /// </summary>
    /// <param name="map">A map with an update.</param>
    /// <param name="squaredNorms">What <see cref="SquaredNorms"/> gave for it.</param>
    /// <returns>float32, or float64 where A is, <c>[out]</c>, without gradient, owned by the caller's scope.</returns>
    public static Tensor Norms(LinearMap map, Tensor squaredNorms)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var update = map.Update!.Value;
        Tensor a = update.A.detach().to(ScalarType.Float64), b = update.B.detach().to(ScalarType.Float64);
        var cross = (b * Thin(map, update.A.detach().to(Linear.WideType(update.A)))).sum([1]);
        var square = (b.mm(a.mm(a.t())) * b).sum([1]);
        var squared = squaredNorms.Plus(cross.Times(2 * update.Scaling)).Plus(square.Times(update.Scaling * update.Scaling));
        // Rounding may leave a row of nearly nothing below zero.
        return F.relu(squared).sqrt().to(Linear.WideType(update.A)).MoveToOuterDisposeScope();
    }

    /// <summary>Applies maps to one input, some of which have a magnitude; called by <see cref="Linear"/>.</summary>
    internal static Tensor[] Apply(Tensor x, LinearMap[] maps)
    {
        using var scope = NewDisposeScope();
        var plain = Linear.Apply(x, Array.ConvertAll(maps, Plain));
        var outputs = maps.Zip(plain, (map, output) => (map.Magnitude, map.Update) switch
        {
            (null, _) => output,
            (_, { Dropout: > 0 }) => WithDropped(x, output, map),
            _ => Operation.Apply(new RowScaling(NormsOf(map)), output, map.Magnitude.Value.Magnitude, map.Bias)[0],
        }).ToArray();
        foreach (var output in outputs) output.MoveToOuterDisposeScope();
        return outputs;
    }

    internal static void Check(LinearMap map, RowMagnitude magnitude)
    {
        if (map.Update is not { BiasOfB: null }) throw new ArgumentException("A magnitude stands beside an update without bias of B", nameof(map));
        if (magnitude.Magnitude.dim() != 1 || magnitude.Magnitude.size(0) != map.OutFeatures || magnitude.SquaredNorms.dim() != 1 || magnitude.SquaredNorms.size(0) != map.OutFeatures
            || (magnitude.Norms is { } norms && (norms.dim() != 1 || norms.size(0) != map.OutFeatures)))
            throw new ArgumentException($"A magnitude {ShapeCheck.Describe(magnitude.Magnitude)} and norms {ShapeCheck.Describe(magnitude.SquaredNorms)} do not fit a weight {Linear.Describe(map)}; expected one number an output", nameof(map));
    }

    // What is scaled, or with dropout what stands beside the scaled part: the latter reads another input.
    private static LinearMap Plain(LinearMap map) => (map.Magnitude, map.Update) switch
    {
        (null, _) => map,
        (_, { Dropout: > 0 }) => map with { Update = null, Magnitude = null },
        _ => map with { Bias = null, Magnitude = null },
    };

    // PEFT's rule: base(x) + (g - 1)·W(dropout(x)) + g·scaling·B(A(dropout(x))).
    private static Tensor WithDropped(Tensor x, Tensor output, LinearMap map)
    {
        var update = map.Update!.Value;
        var type = Linear.WideType(update.A);
        var dropped = F.dropout(x, update.Dropout, training: true);
        var through = Linear.Apply(dropped, map with { Bias = null, Update = null, Magnitude = null }).to(type);
        var low = F.linear(F.linear(dropped.to(type), update.A.to(type)), update.B.to(type)).Times(update.Scaling);
        var factor = map.Magnitude!.Value.Magnitude / NormsOf(map);
        return output.Plus(factor.Plus(-1) * through).Plus(factor * low).to(output.dtype);
    }

    private static Tensor NormsOf(LinearMap map) => map.Magnitude!.Value.Norms ?? Norms(map, map.Magnitude.Value.SquaredNorms);

    // W·Aᵀ.
    private static Tensor Thin(LinearMap map, Tensor a)
    {
        if (map.Codes is { } codes)
        {
            if (!CpuKernels.Handle(a)) return codes.Expand(a.dtype).mm(a.t()).to(ScalarType.Float64);
            using var turned = Buffers.Empty(ScalarType.Float32, a.device, a.size(0), codes.Rows);
            MatrixProduct.Multiply(turned, a, map.Forward);
            return turned.to(ScalarType.Float64).t();
        }
        var weight = map.Weight!;
        if (!CpuKernels.Handle(weight)) return cat([.. Chunks(map).Select(rows => rows.to(a.dtype).mm(a.t()))], 0).to(ScalarType.Float64);
        using var thin = Buffers.Empty(ScalarType.Float32, weight.device, weight.size(0), a.size(0));
        MatrixProduct.Multiply(thin, weight, a.t());
        return thin.to(ScalarType.Float64);
    }

    private static IEnumerable<Tensor> Chunks(LinearMap map)
    {
        var weight = map.Codes?.Expand(ScalarType.Float32) ?? map.Weight!.detach();
        for (long row = 0; row < weight.size(0); row += ChunkRows) yield return weight.narrow(0, row, Math.Min(ChunkRows, weight.size(0) - row));
    }

    private static Tensor Wide(Tensor rows) => rows.dtype is ScalarType.Float32 or ScalarType.Float64 ? rows : rows.to(ScalarType.Float32);

    /// <summary>Each column of rows times <c>magnitude / norm</c>, plus the bias; the norm is a constant.</summary>
    private sealed class RowScaling(Tensor norms) : Operation
    {
        private ScalarType _biasType, _magnitudeType;

        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            Tensor rows = inputs[0]!, magnitude = inputs[1]!;
            var factor = magnitude / norms;
            _magnitudeType = magnitude.dtype;
            // The factor is near 1, where bfloat16 would round what was learnt away: the product is float32.
            var output = rows * factor;
            if (inputs[2] is { } bias)
            {
                _biasType = bias.dtype;
                output.AddInPlace(bias);
            }
            if (IsRecorded) Save(Wants(1) ? rows : null, factor, Wants(1) ? norms : null);
            return [output.to(rows.dtype)];
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            var gradient = gradients[0]!;
            var wide = gradient.to(saved[1]!.dtype);
            return
            [
                Wants(0) ? (wide * saved[1]!).to(gradient.dtype) : null,
                Wants(1) ? ((wide * saved[0]!).sum([0]) / saved[2]!).to(_magnitudeType) : null,
                Wants(2) ? wide.sum([0]).to(_biasType) : null,
            ];
        }
    }
}
