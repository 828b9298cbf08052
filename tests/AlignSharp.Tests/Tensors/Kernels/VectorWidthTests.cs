using AlignSharp.Quantization;
using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors.Kernels;

/// <summary>Every kernel gives the same bits in every width of vectors and in any number of parts, and writes nowhere else.</summary>
public unsafe class VectorWidthTests
{
    private const int Rows = 37;

    // So much for an item that each is a part of its own, and so little that all of them are one part.
    private const long ManyParts = 1 << 24;
    private const long OnePart = 0;

    private static readonly int[] OddSizes = [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 47, 63, 65, 100];

    public static TheoryData<ScalarType, int> Sizes
    {
        get
        {
            var data = new TheoryData<ScalarType, int>();
            foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
                foreach (var size in OddSizes) data.Add(type, size);
            return data;
        }
    }

    /// <summary>Type, key-value heads, query heads to each, width of a head.</summary>
    public static TheoryData<ScalarType, int, int, int> Heads
    {
        get
        {
            var data = new TheoryData<ScalarType, int, int, int>();
            foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
                foreach (var (heads, shared, width) in new[] { (1, 1, 1), (2, 1, 5), (1, 3, 16), (2, 2, 17), (1, 1, 33), (2, 1, 64), (1, 2, 80), (1, 1, 128) }) data.Add(type, heads, shared, width);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Addition_has_the_same_bits(ScalarType type, int width) => AssertSameBits(type, Rows, memory =>
        new Addition(width) { Left = memory.Numbers(Rows * width, 1), Right = memory.Numbers(Rows * width, 2), Output = memory.Output(Rows * width) });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void RmsNormalization_has_the_same_bits(ScalarType type, int width)
    {
        AssertSameBits(type, Rows, memory =>
            new RmsNormalizationForward(width, 1e-5f) { Input = memory.Numbers(Rows * width, 1), Weight = memory.Numbers(width, 2), Output = memory.Output(Rows * width), Scales = memory.Results<float>(Rows) });
        var blocks = (Rows + RmsNormalizationBackward.BlockRows - 1) / RmsNormalizationBackward.BlockRows;
        foreach (var (passes, ofInput, ofWeight) in new[] { (true, true, true), (false, true, true), (true, true, false), (false, false, true) })
        {
            AssertSameBits(type, blocks, memory => new RmsNormalizationBackward(Rows, width)
            {
                Input = memory.Numbers(Rows * width, 1),
                Weight = memory.Numbers(width, 2),
                Scales = memory.Floats(Rows, 3, isPositive: true),
                Gradient = memory.Numbers(Rows * width, 4),
                Pass = passes ? memory.Numbers(Rows * width, 5) : null,
                InputGradient = ofInput ? memory.Output(Rows * width) : null,
                WeightGradients = ofWeight ? memory.Results<float>(blocks * width) : null,
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SwiGlu_has_the_same_bits(ScalarType type, int width)
    {
        AssertSameBits(type, Rows, memory => new SwiGluForward(width) { Gate = memory.Numbers(Rows * width, 1), Up = memory.Numbers(Rows * width, 2), Output = memory.Output(Rows * width) });
        AssertSameBits(type, Rows, memory => new SwiGluBackward(width)
        {
            Gate = memory.Numbers(Rows * width, 1),
            Up = memory.Numbers(Rows * width, 2),
            Gradient = memory.Numbers(Rows * width, 3),
            GateGradient = memory.Output(Rows * width),
            UpGradient = memory.Output(Rows * width),
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rotary_has_the_same_bits(ScalarType type, int half)
    {
        foreach (var back in new[] { false, true })
        {
            AssertSameBits(type, Rows, memory => new RotaryRotation(half, back)
            {
                Cosines = memory.Floats(Rows * half, 1),
                Sines = memory.Floats(Rows * half, 2),
                Parts = [(3, (nint)memory.Numbers(Rows * 3 * 2 * half, 3), (nint)memory.Output(Rows * 3 * 2 * half)), (1, (nint)memory.Numbers(Rows * 2 * half, 4), (nint)memory.Output(Rows * 2 * half))],
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Dropping_has_the_same_bits(ScalarType type, int width)
    {
        foreach (var adds in new[] { false, true })
            AssertSameBits(type, Rows, memory => new Dropping(width, 0.3f, 0x123456789ABCDEF) { Input = memory.Numbers(Rows * width, 1), Output = memory.Output(Rows * width), Adds = adds });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Normal_numbers_have_the_same_bits(ScalarType type, int rest)
    {
        // Two whole blocks and a part of one.
        var count = 2 * NormalFilling.BlockElements + rest;
        AssertSameBits(type, 3, memory => new NormalFilling(count, 0.3f, 0x123456789ABCDEF) { Output = memory.Output(count) });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gathering_and_scattering_rows_have_the_same_bits(ScalarType type, int width)
    {
        AssertSameBits(type, Rows, memory => new RowGathering(width) { Table = memory.Numbers(9 * width, 1), Rows = memory.Indices(Rows, 9, 2), Output = memory.Output(Rows * width) });
        var strips = (width + RowScattering.Strip - 1) / RowScattering.Strip;
        foreach (var weighted in new[] { false, true })
        {
            AssertSameBits(type, strips, memory => new RowScattering(Rows, width)
            {
                Input = memory.Numbers(Rows * width, 1),
                Coefficients = weighted ? memory.Floats(Rows, 2) : null,
                Rows = memory.Indices(Rows, 9, 3),
                Output = memory.Output(9 * width),
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Appending_to_a_cache_has_the_same_bits(ScalarType type, int width)
    {
        // Two heads of a row with room for 50 tokens, filled from the back.
        AssertSameBits(type, Rows, memory => new CacheAppending(2, width, 50 * width)
        {
            Input = memory.Numbers(Rows * 2 * width, 1),
            Cache = memory.Output(2 * 50 * width),
            Places = [.. Enumerable.Range(0, Rows).Select(token => (nint)(49 - token) * width)],
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TokenScoring_has_the_same_bits(ScalarType type, int vocabulary)
    {
        foreach (var (withFigures, toGradient, weighted) in new[] { (true, true, false), (false, true, true), (true, false, false) })
        {
            AssertSameBits(type, Rows, memory => new TokenScoring(vocabulary)
            {
                Logits = memory.Output(Rows * vocabulary),
                Targets = memory.Indices(Rows, vocabulary, 1),
                Logps = memory.Results<float>(Rows),
                Entropies = withFigures ? memory.Results<float>(Rows) : null,
                Correct = withFigures ? memory.Results<float>(Rows) : null,
                MeanLogits = withFigures ? memory.Results<float>(Rows) : null,
                LogExpected = withFigures ? memory.Results<float>(Rows) : null,
                ToGradient = toGradient,
                Coefficients = weighted ? memory.Floats(Rows, 2) : null,
            });
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1)]
    [InlineData(ScalarType.Float32, 4095)]
    [InlineData(ScalarType.Float32, 8209)]
    [InlineData(ScalarType.BFloat16, 17)]
    [InlineData(ScalarType.BFloat16, 4097)]
    public void AdamW_and_the_squared_norm_have_the_same_bits(ScalarType type, int count)
    {
        AssertSameBits(type, (count + AdamWUpdate.BlockElements - 1) / AdamWUpdate.BlockElements, memory => new AdamWUpdate(count)
        {
            Parameter = memory.Output(count, 1),
            Gradient = memory.Numbers(count, 2),
            First = memory.Output(count, 3),
            Second = Squared(memory, count),
            GradientScale = 0.7f,
            Keep = 0.999f,
            Beta1 = 0.9f,
            OneMinusBeta1 = 0.1f,
            Beta2 = 0.95f,
            OneMinusBeta2 = 0.05f,
            Root = 0.3f,
            Epsilon = 1e-8f,
            Step = -0.01f,
        });
        var blocks = (count + SquaredNorm.BlockElements - 1) / SquaredNorm.BlockElements;
        AssertSameBits(type, blocks, memory => new SquaredNorm(count) { Values = memory.Numbers(count, 1), Sums = memory.Results<double>(blocks) });
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1)]
    [InlineData(ScalarType.Float32, 4095)]
    [InlineData(ScalarType.Float32, 8209)]
    [InlineData(ScalarType.BFloat16, 17)]
    [InlineData(ScalarType.BFloat16, 4097)]
    public void Formulas_of_optimizers_have_the_same_bits(ScalarType type, int count)
    {
        AssertFormula(type, count, new LateDecayAdamW(0.01, 0.9, 0.95, 1e-8, 0.1, 3));
        AssertFormula(type, count, new LionStep(0.01, 0.9, 0.95, 0.1));
        AssertFormula(type, count, new GradientDescent(0.01, 0.1));
        AssertFormula(type, count, new MomentumDescent(0.01, 0.9, 0.1));
        AssertCoded(type, count, new LateDecayAdamW(0.01, 0.9, 0.95, 1e-8, 0.1, 3));
        AssertCoded(type, count, new LionStep(0.01, 0.9, 0.95, 0.1));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Adafactor_has_the_same_bits(ScalarType type, int width)
    {
        var strips = (int)FactoredSquares.Strips(Rows);
        AssertSameBits(type, strips, memory => new FactoredSquares(Rows, width)
        {
            Gradient = memory.Numbers(Rows * width, 1),
            RowSums = memory.Results<float>(Rows),
            ColumnSums = memory.Results<float>(strips * width),
            GradientScale = 0.7f,
            Epsilon = 1e-30f,
        });
        AssertSameBits(type, Rows, memory => new FactoredNorm(width)
        {
            Gradient = memory.Numbers(Rows * width, 1),
            RowFactors = memory.Floats(Rows, 2, isPositive: true),
            ColumnFactors = memory.Floats(width, 3, isPositive: true),
            Sums = memory.Results<float>(Rows),
        });
        AssertSameBits(type, Rows, memory => new FactoredUpdate(width)
        {
            Parameter = memory.Output(Rows * width),
            Gradient = memory.Numbers(Rows * width, 1),
            RowFactors = memory.Floats(Rows, 2, isPositive: true),
            ColumnFactors = memory.Floats(width, 3, isPositive: true),
            Keep = 0.99f,
            Step = -0.01f,
        });
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Attention_has_the_same_bits_forward_and_backward(ScalarType type, int keyHeads, int shared, int width)
    {
        var heads = keyHeads * shared;
        var geometry = new AttentionGeometry(heads, keyHeads, width, (nint)keyHeads * width, width);
        foreach (var (trunk, first, second) in new[] { (1, 0, 0), (33, 0, 0), (5, 31, 40), (0, 17, 1), (65, 1, 34) })
        {
            var tokens = trunk + first + second;
            AttentionSpan[] spans = [Span(0, trunk, first, second, geometry), Span(tokens, 3, 2, 0, geometry)];
            tokens += 5;
            AssertSameBits(type, spans.Length * heads, memory => new AttentionForward(geometry, spans)
            {
                Queries = memory.Numbers(tokens * heads * width, 1),
                Keys = memory.Numbers(tokens * keyHeads * width, 2),
                Values = memory.Numbers(tokens * keyHeads * width, 3),
                Output = memory.Output(tokens * heads * width),
                LogSums = memory.Results<float>(tokens * heads),
            });
            AssertSameBits(type, spans.Length * keyHeads, memory => new AttentionBackward(geometry, spans)
            {
                Queries = memory.Numbers(tokens * heads * width, 1),
                Keys = memory.Numbers(tokens * keyHeads * width, 2),
                Values = memory.Numbers(tokens * keyHeads * width, 3),
                Output = memory.Numbers(tokens * heads * width, 4),
                LogSums = memory.Floats(tokens * heads, 5, isPositive: true),
                Gradient = memory.Numbers(tokens * heads * width, 6),
                QueryGradient = memory.Output(tokens * heads * width),
                KeyGradient = memory.Output(tokens * keyHeads * width),
                ValueGradient = memory.Output(tokens * keyHeads * width),
            });
        }
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Attention_of_one_new_token_has_the_same_bits(ScalarType type, int keyHeads, int shared, int width)
    {
        var heads = keyHeads * shared;
        // Rows of a cache with room for 70 tokens, of which some are there; their queries lie one after the other.
        var geometry = new AttentionGeometry(heads, keyHeads, width, width, (nint)70 * width);
        int[] lengths = [1, 2, 15, 16, 17, 33, 70];
        AttentionSpan[] spans = [.. lengths.Select((keys, row) => new AttentionSpan(row - (keys - 1), (nint)row * keyHeads * 70 * width, keys, [new AttentionStream(keys - 1, keys, 0, 0)]))];
        AssertSameBits(type, spans.Length * keyHeads, memory => new AttentionDecode(geometry, spans)
        {
            Queries = memory.Numbers(lengths.Length * heads * width, 1),
            Keys = memory.Numbers(lengths.Length * keyHeads * 70 * width, 2),
            Values = memory.Numbers(lengths.Length * keyHeads * 70 * width, 3),
            Output = memory.Output(lengths.Length * heads * width),
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_with_few_rows_have_the_same_bits(ScalarType type, int terms)
    {
        foreach (var outputType in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (var rows in new[] { 1, 2, 3, 7, 8 })
            {
                AssertSameBits(type, (19 + FewRowsProduct.Group - 1) / FewRowsProduct.Group, memory =>
                {
                    var output = outputType == ScalarType.Float32 ? (nint)memory.Results<float>(rows * 19) : (nint)memory.Results<ushort>(rows * 19);
                    var weight = new MatrixView((nint)memory.Numbers(19 * terms, 1), type, 19, terms, terms, 1);
                    return new FewRowsProduct(new MatrixView(output, outputType, rows, 19, 19, 1), weight, terms, 0.7f, add: true) { Left = memory.Floats(rows * terms, 2) };
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_have_the_same_bits(ScalarType type, int size)
    {
        foreach (var (m, k, n) in new[] { (size, 19, 13), (13, size, 19), (19, 13, size), (101, size, 35), (6, 700, size) })
        {
            foreach (var (turnsLeft, turnsRight, add) in new[] { (false, false, false), (true, false, true), (false, true, true), (true, true, false) })
            {
                byte[] Product(VectorWidth width)
                {
                    using var memory = new KernelMemory(type);
                    var output = new MatrixView((nint)memory.Output(m * n), type, m, n, n, 1);
                    MatrixProduct.Multiply(output, Matrix(memory, type, m, k, turnsLeft, 1), Matrix(memory, type, k, n, turnsRight, 2), 0.7f, add, width);
                    return memory.Written();
                }
                var expected = Product(VectorWidth.Scalar);
                foreach (var width in Enum.GetValues<VectorWidth>()) Assert.True(expected.AsSpan().SequenceEqual(Product(width)), $"{width} differs for [{m}, {k}] by [{k}, {n}]");
            }
        }
    }

    private static void AssertFormula<TFormula>(ScalarType type, int count, TFormula formula) where TFormula : struct, IUpdateFormula =>
        AssertSameBits(type, (count + StateUpdate<TFormula>.BlockElements - 1) / StateUpdate<TFormula>.BlockElements, memory => new StateUpdate<TFormula>(formula, count)
        {
            Parameter = memory.Output(count, 1),
            Gradient = memory.Numbers(count, 2),
            First = memory.Results<float>(count),
            Second = memory.Results<float>(count),
            GradientScale = 0.7f,
        });

    private static void AssertCoded<TFormula>(ScalarType type, int count, TFormula formula) where TFormula : struct, IUpdateFormula
    {
        var blocks = (count + BlockwiseStateUpdate<TFormula>.BlockElements - 1) / BlockwiseStateUpdate<TFormula>.BlockElements;
        AssertSameBits(type, blocks, memory => new BlockwiseStateUpdate<TFormula>(formula, count)
        {
            Parameter = memory.Output(count, 1),
            Gradient = memory.Numbers(count, 2),
            FirstCodes = memory.Results<byte>(count),
            FirstMagnitudes = Filled(memory.Results<float>(blocks), blocks, 0.3f),
            FirstBook = new CodeBook(DynamicMap.Signed),
            SecondCodes = memory.Results<byte>(count),
            SecondMagnitudes = memory.Results<float>(blocks),
            SecondBook = new CodeBook(DynamicMap.Unsigned),
            GradientScale = 0.7f,
        });
    }

    private static float* Filled(float* memory, int count, float value)
    {
        new Span<float>(memory, count).Fill(value);
        return memory;
    }

    private static MatrixView Matrix(KernelMemory memory, ScalarType type, int rows, int columns, bool isTurned, int seed)
    {
        var data = (nint)memory.Numbers(rows * columns, seed);
        return isTurned ? new MatrixView(data, type, rows, columns, 1, rows) : new MatrixView(data, type, rows, columns, columns, 1);
    }

    private static byte* Squared(KernelMemory memory, int count)
    {
        var to = memory.Output(count, 4);
        for (var i = 0; i < count; i++)
        {
            if (memory.ElementBytes == 2) Bfloat16Element.Set(to, i, MathF.Abs(Bfloat16Element.Get(to, i)));
            else Float32Element.Set(to, i, MathF.Abs(Float32Element.Get(to, i)));
        }
        return to;
    }

    private static AttentionSpan Span(int start, int trunk, int first, int second, AttentionGeometry geometry)
    {
        var sequence = new AttentionStream(0, trunk + first, 0, 0);
        var branch = new AttentionStream(trunk + first, trunk + first + second, trunk, trunk + first);
        return new AttentionSpan(start, start * geometry.KeyStride, trunk + first + second, second > 0 ? [sequence, branch] : [sequence]);
    }

    private static void AssertSameBits(ScalarType type, long items, Func<KernelMemory, IKernel> create)
    {
        byte[] Results(VectorWidth width, long work)
        {
            using var memory = new KernelMemory(type);
            CpuKernels.Run(create(memory), type, items, work, width);
            return memory.Written();
        }
        var expected = Results(VectorWidth.Scalar, OnePart);
        foreach (var width in Enum.GetValues<VectorWidth>())
            foreach (var work in new[] { OnePart, ManyParts }) Assert.True(expected.AsSpan().SequenceEqual(Results(width, work)), $"{width} differs in {(work == OnePart ? "one part" : "many parts")}");
    }
}
