using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Attention of the kernels as an operation: queries, keys and values to the mixed values.</summary>
/// <param name="geometry">Heads and strides.</param>
/// <param name="spans">Who sees whom.</param>
internal sealed unsafe class SpanAttention(AttentionGeometry geometry, IReadOnlyList<AttentionSpan> spans) : Operation
{
    // One query's products with a key and with its value, both read from memory, in additions of two elements for each element of a key.
    private const int DecodeWork = 4;

    /// <summary>What a head of a span takes on average: two products and an exponential a key and query.</summary>
    private long Work => spans.Sum(span => (long)span.Keys * span.Keys) / 2 * (geometry.Width / 16 + CpuKernels.ExponentialWork) / Math.Max(1, spans.Count);

    /// <summary>The forward pass alone, over keys and values in any layout.</summary>
    /// <param name="geometry">Heads and strides.</param>
    /// <param name="spans">Who sees whom.</param>
    /// <param name="queries"><c>[tokens, heads, width]</c>, contiguous.</param>
    /// <param name="keys">Keys that the spans point into.</param>
    /// <param name="values">Values in the same layout.</param>
    /// <param name="logSums">float32 <c>[tokens, heads]</c> to be filled, or null.</param>
    /// <returns><c>[tokens, heads * width]</c>.</returns>
    public static Tensor Attend(AttentionGeometry geometry, IReadOnlyList<AttentionSpan> spans, Tensor queries, Tensor keys, Tensor values, Tensor? logSums)
    {
        var output = Buffers.Empty(queries.dtype, queries.device, queries.size(0), queries.size(1) * queries.size(2));
        if (logSums is null && spans.All(span => span.Streams is [{ } only] && only.EndQuery - only.FirstQuery == 1))
        {
            var decode = new AttentionDecode(geometry, spans)
            {
                Queries = (byte*)TorchNatives.Address(queries),
                Keys = (byte*)TorchNatives.Address(keys),
                Values = (byte*)TorchNatives.Address(values),
                Output = (byte*)TorchNatives.Address(output),
            };
            var products = spans.Sum(span => (long)span.Keys) * geometry.Width * geometry.Shared / spans.Count;
            CpuKernels.Run(decode, queries.dtype, (long)spans.Count * geometry.KeyHeads, DecodeWork * products);
            return output;
        }
        var kernel = new AttentionForward(geometry, spans)
        {
            Queries = (byte*)TorchNatives.Address(queries),
            Keys = (byte*)TorchNatives.Address(keys),
            Values = (byte*)TorchNatives.Address(values),
            Output = (byte*)TorchNatives.Address(output),
            LogSums = logSums is null ? null : (float*)TorchNatives.Address(logSums),
        };
        CpuKernels.Run(kernel, queries.dtype, (long)spans.Count * geometry.Heads, new SpanAttention(geometry, spans).Work);
        return output;
    }

    internal override Tensor[] Forward(Tensor?[] inputs)
    {
        Tensor queries = inputs[0]!.contiguous(), keys = inputs[1]!.contiguous(), values = inputs[2]!.contiguous();
        var logSums = IsRecorded ? Buffers.Empty(ScalarType.Float32, CPU, queries.size(0), queries.size(1)) : null;
        var output = Attend(geometry, spans, queries, keys, values, logSums);
        if (IsRecorded) Save(queries, keys, values, output.detach(), logSums);
        return [output];
    }

    internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
    {
        Tensor queries = saved[0]!, keys = saved[1]!, values = saved[2]!, gradient = gradients[0]!.contiguous();
        Tensor dqueries = Buffers.Like(queries), dkeys = Buffers.Like(keys), dvalues = Buffers.Like(values);
        var kernel = new AttentionBackward(geometry, spans)
        {
            Queries = (byte*)TorchNatives.Address(queries),
            Keys = (byte*)TorchNatives.Address(keys),
            Values = (byte*)TorchNatives.Address(values),
            Output = (byte*)TorchNatives.Address(saved[3]!),
            LogSums = (float*)TorchNatives.Address(saved[4]!),
            Gradient = (byte*)TorchNatives.Address(gradient),
            QueryGradient = (byte*)TorchNatives.Address(dqueries),
            KeyGradient = (byte*)TorchNatives.Address(dkeys),
            ValueGradient = (byte*)TorchNatives.Address(dvalues),
        };
        CpuKernels.Run(kernel, queries.dtype, (long)spans.Count * geometry.KeyHeads, 2 * geometry.Shared * Work);
        return [dqueries, dkeys, dvalues];
    }
}
