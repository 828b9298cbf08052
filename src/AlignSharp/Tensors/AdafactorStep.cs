using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// One update of Adafactor (Shazeer and Stern 2018, arXiv:1804.04235) with a rate that is given and not relative, in transformers' form:
/// with <c>β = 1 − t^−0.8</c> and <c>s = g² + 1e-30</c> a matrix keeps <c>R = β·R + (1−β)·rowMeans(s)</c> and
/// <c>C = β·C + (1−β)·columnMeans(s)</c>, and moves along <c>u = g / √(R·C / mean(R))</c>; a vector keeps <c>V = β·V + (1−β)·s</c> and moves along
/// <c>u = g / √V</c>. <c>p -= lr·wd·p; p -= lr · u / max(1, rms(u))</c>.
/// </summary>
/// <param name="LearningRate">Rate.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="GradientScale">Factor on the gradient, from clipping.</param>
/// <param name="Number">Number of this update, from 1.</param>
internal readonly record struct AdafactorStep(double LearningRate, double WeightDecay, double GradientScale, int Number)
{
    private const double Epsilon = 1e-30;
    private const double DecayPower = -0.8;
    private const double LargestRms = 1;

    private double Beta => 1 - Math.Pow(Number, DecayPower);

    private double Keep => 1 - LearningRate * WeightDecay;

    /// <summary>Updates a parameter and its states in place.</summary>
    /// <param name="parameter">The parameter; from two dimensions on, matrices over its last two.</param>
    /// <param name="gradient">Its gradient; left as it is.</param>
    /// <param name="rows">Of matrices: R, float32 <c>[..., rows]</c>; null for a vector.</param>
    /// <param name="columns">C, float32 <c>[..., columns]</c>, or V.</param>
    public void Apply(Tensor parameter, Tensor gradient, Tensor? rows, Tensor columns)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (parameter.numel() == 0) return;
        if (CpuKernels.Handle(parameter) && parameter.is_contiguous() && gradient.dtype == parameter.dtype) RunKernels(parameter, gradient.contiguous(), rows, columns);
        else Compose(parameter, gradient, rows, columns);
    }

    private unsafe void RunKernels(Tensor parameter, Tensor gradient, Tensor? rows, Tensor columns)
    {
        // A vector is a matrix of one row, whose factor is then 1.
        var shape = parameter.shape;
        var width = shape.Length == 0 ? 1 : checked((int)shape[^1]);
        var height = shape.Length < 2 ? 1 : shape[^2];
        var all = parameter.numel() / width;
        float* r = rows is null ? null : (float*)TorchNatives.Address(rows), c = (float*)TorchNatives.Address(columns);
        float[] rowFactors = new float[all], columnFactors = new float[all / height * width];
        double squares = 0;
        fixed (float* rowFactor = rowFactors, columnFactor = columnFactors)
        {
            for (long matrix = 0, row = 0; row < all; matrix++, row += height)
            {
                var values = (byte*)TorchNatives.Address(gradient) + row * width * gradient.element_size();
                FollowSquares(gradient.dtype, values, height, width, r is null ? null : r + row, c + matrix * width);
                Invert(r is null ? null : r + row, rowFactor + row, height);
                Invert(c + matrix * width, columnFactor + matrix * width, width, isRelative: false);
                squares += SumOfSquares(gradient.dtype, values, height, width, rowFactor + row, columnFactor + matrix * width);
            }
            var step = Step(Math.Sqrt(squares / parameter.numel()) * GradientScale) * GradientScale;
            for (long matrix = 0, row = 0; row < all; matrix++, row += height)
            {
                var start = row * width * gradient.element_size();
                var kernel = new FactoredUpdate(width)
                {
                    Parameter = (byte*)TorchNatives.Address(parameter) + start,
                    Gradient = (byte*)TorchNatives.Address(gradient) + start,
                    RowFactors = rowFactor + row,
                    ColumnFactors = columnFactor + matrix * width,
                    Keep = (float)Keep,
                    Step = (float)step,
                };
                CpuKernels.Run(kernel, parameter.dtype, height, width);
            }
        }
    }

    // R and C, or V, take in the new squares.
    private unsafe void FollowSquares(ScalarType type, byte* gradient, long height, int width, float* rows, float* columns)
    {
        var strips = FactoredSquares.Strips(height);
        float[] rowSums = new float[height], columnSums = new float[strips * width];
        fixed (float* rowSum = rowSums, columnSum = columnSums)
        {
            var kernel = new FactoredSquares(height, width) { Gradient = gradient, RowSums = rowSum, ColumnSums = columnSum, GradientScale = (float)GradientScale, Epsilon = (float)Epsilon };
            CpuKernels.Run(kernel, type, strips, FactoredSquares.StripRows * (long)width);
            if (rows is not null)
                for (var i = 0; i < height; i++) rows[i] = Follow(rows[i], rowSum[i] / width);
            for (var i = 0; i < width; i++)
            {
                double sum = 0;
                for (var strip = 0L; strip < strips; strip++) sum += columnSum[strip * width + i];
                columns[i] = Follow(columns[i], sum / height);
            }
        }
    }

    private float Follow(double state, double mean) => (float)(Beta * state + (1 - Beta) * mean);

    private static unsafe void Invert(float* squares, float* factors, long count, bool isRelative = true)
    {
        double mean = 0;
        for (var i = 0; isRelative && squares is not null && i < count; i++) mean += squares[i] / (double)count;
        for (var i = 0; i < count; i++) factors[i] = squares is null ? 1 : (float)Math.Sqrt((isRelative ? mean : 1) / squares[i]);
    }

    private static unsafe double SumOfSquares(ScalarType type, byte* gradient, long height, int width, float* rowFactors, float* columnFactors)
    {
        var sums = new float[height];
        fixed (float* sum = sums)
            CpuKernels.Run(new FactoredNorm(width) { Gradient = gradient, RowFactors = rowFactors, ColumnFactors = columnFactors, Sums = sum }, type, height, width);
        return sums.Sum(square => (double)square);
    }

    private double Step(double rms) => -LearningRate / Math.Max(1, rms / LargestRms);

    private void Compose(Tensor parameter, Tensor gradient, Tensor? rows, Tensor columns)
    {
        var clipped = gradient.to(ScalarType.Float32).Times(GradientScale);
        var squares = (clipped * clipped).Plus(Epsilon);
        Follow(columns, rows is null ? squares : squares.mean([-2]));
        if (rows is not null) Follow(rows, squares.mean([-1]));
        var update = clipped * (rows is null ? columns.to(parameter.device).rsqrt() : Factors(rows.to(parameter.device), columns.to(parameter.device)));
        var rms = Math.Sqrt((update * update).mean().to(ScalarType.Float64).item<double>());
        parameter.copy_(parameter.to(ScalarType.Float32).Times(Keep).Plus(update.Times(Step(rms))));
    }

    private static Tensor Factors(Tensor rows, Tensor columns) => (rows / rows.mean([-1], keepdim: true)).rsqrt().unsqueeze(-1) * columns.rsqrt().unsqueeze(-2);

    private void Follow(Tensor state, Tensor mean) => state.copy_(state.to(mean.device).Times(Beta).Plus(mean.Times(1 - Beta)));
}
