using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Rows of a table of embeddings.</summary>
public static class EmbeddingRows
{
    /// <summary>The rows of the given ids.</summary>
    /// <param name="table"><c>[vocabulary, width]</c>.</param>
    /// <param name="ids">int64 <c>[tokens]</c>, below the vocabulary.</param>
    /// <returns><c>[tokens, width]</c>, owned by the caller's scope.</returns>
    /// <exception cref="ArgumentException">An id has no row.</exception>
    public static unsafe Tensor Of(Tensor table, Tensor ids)
    {
        if (!CpuKernels.Handle(table)) return table.index_select(0, ids);
        IndexCheck.Require(ids, table.size(0), "the embedding's rows");
        // A table that is trained goes through libtorch, whose gradient adds rows up; one whose rows are not contiguous as well.
        if ((is_grad_enabled() && table.requires_grad) || !table.is_contiguous()) return table.index_select(0, ids);
        var rows = Buffers.Empty(table.dtype, table.device, ids.size(0), table.size(1));
        CpuKernels.Run(
            new RowGathering((int)table.size(1))
            {
                Table = (byte*)TorchNatives.Address(table),
                Rows = (long*)TorchNatives.Address(ids),
                Output = (byte*)TorchNatives.Address(rows),
            },
            table.dtype, ids.size(0), table.size(1));
        return rows;
    }
}
