using AlignSharp.Runtime;
using AlignSharp.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Runtime;

[Collection(ProcessWide.Name)]
public sealed unsafe class SlabMemoryTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 200)]
    [InlineData(3, 30)]
    public void Blocks_are_aligned_do_not_overlap_and_become_whole_slabs_again(int seed, int mostAtOnce)
    {
        var (memory, random, lent) = (new SlabMemory(), new Random(seed), new List<(nint Address, long Bytes, byte Mark)>());
        for (var turn = 0; turn < 5000; turn++)
        {
            if (lent.Count == 0 || (lent.Count < mostAtOnce && random.Next(100) < 55))
            {
                var bytes = Size(random);
                var block = (Address: memory.Rent(bytes), Bytes: bytes, Mark: (byte)random.Next(256));
                Assert.Equal(0, block.Address % SlabMemory.Alignment);
                Assert.DoesNotContain(lent, other => block.Address < other.Address + other.Bytes && other.Address < block.Address + bytes);
                (*(byte*)block.Address, *(byte*)(block.Address + bytes - 1)) = (block.Mark, block.Mark);
                lent.Add(block);
            }
            else
            {
                var place = random.Next(lent.Count);
                var (address, bytes, mark) = lent[place];
                Assert.Equal((mark, mark), (*(byte*)address, *(byte*)(address + bytes - 1)));
                memory.Return(address);
                lent.RemoveAt(place);
            }
            Assert.Equal(lent.Sum(block => (block.Bytes + 63) / 64 * 64), memory.UsedBytes);
            Assert.True(memory.UsedBytes <= memory.ReservedBytes);
        }
        foreach (var (address, _, _) in lent) memory.Return(address);
        Assert.Equal(0, memory.UsedBytes);
        // A slab is only given back when its blocks have become one again.
        memory.Trim();
        Assert.Equal(0, memory.ReservedBytes);
    }

    [Fact]
    public void The_same_sizes_in_the_same_order_need_no_second_slab()
    {
        var memory = new SlabMemory();
        long[] sizes = [10 * Mebibyte, 3 * Mebibyte, 40 * Mebibyte, 700, 5 * Mebibyte];
        for (var step = 0; step < 20; step++)
        {
            foreach (var address in sizes.Select(memory.Rent).ToArray()) memory.Return(address);
            Assert.Equal(64 * Mebibyte, memory.ReservedBytes);
        }
        memory.Trim();
    }

    [Fact]
    public void The_smallest_gap_that_suffices_is_taken()
    {
        var memory = new SlabMemory();
        int[] mebibytes = [1, 8, 1, 2, 1, 4, 1];
        var blocks = Array.ConvertAll(mebibytes, size => memory.Rent(size * Mebibyte));
        for (var gap = 1; gap < 6; gap += 2) memory.Return(blocks[gap]);
        Assert.Equal(blocks[3], memory.Rent(2 * Mebibyte));
        Assert.Equal(blocks[5], memory.Rent(3 * Mebibyte));
        Assert.Equal(blocks[5] + (nint)(3 * Mebibyte), memory.Rent(Mebibyte));
        Assert.Equal(blocks[1], memory.Rent(5 * Mebibyte));
        foreach (var block in new[] { blocks[0], blocks[1], blocks[2], blocks[3], blocks[4], blocks[5], blocks[5] + (nint)(3 * Mebibyte), blocks[6] }) memory.Return(block);
        memory.Trim();
        Assert.Equal(0, memory.ReservedBytes);
    }

    [Fact]
    public void Slabs_that_still_hold_something_stay_when_memory_is_trimmed()
    {
        var memory = new SlabMemory();
        nint small = memory.Rent(100), large = memory.Rent(100 * Mebibyte);
        *(byte*)small = 7;
        memory.Return(large);
        memory.Trim();
        Assert.Equal(64 * Mebibyte, memory.ReservedBytes);
        Assert.Equal(7, *(byte*)small);
        memory.Return(small);
        memory.Trim();
        Assert.Equal(0, memory.ReservedBytes);
        memory.Return(memory.Rent(5));
        memory.Trim();
    }

    [Fact]
    public void A_block_cannot_be_returned_twice()
    {
        var memory = new SlabMemory();
        var block = memory.Rent(1000);
        memory.Return(block);
        Assert.Throws<InvalidOperationException>(() => memory.Return(block));
        Assert.Throws<InvalidOperationException>(() => memory.Return(block + 64));
        memory.Trim();
    }

    [Fact]
    public void Threads_rent_and_return_at_the_same_time()
    {
        var memory = new SlabMemory();
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            var lent = new Queue<(nint Address, long Bytes)>();
            for (var turn = 0; turn < 3000; turn++)
            {
                var bytes = Size(random);
                var address = memory.Rent(bytes);
                (*(byte*)address, *(byte*)(address + bytes - 1)) = ((byte)worker, (byte)worker);
                lent.Enqueue((address, bytes));
                if (lent.Count < 12) continue;
                var (oldest, size) = lent.Dequeue();
                Assert.Equal(((byte)worker, (byte)worker), (*(byte*)oldest, *(byte*)(oldest + size - 1)));
                memory.Return(oldest);
            }
            foreach (var (address, _) in lent) memory.Return(address);
        });
        Assert.Equal(0, memory.UsedBytes);
        memory.Trim();
        Assert.Equal(0, memory.ReservedBytes);
    }

    [Fact]
    public void A_tensor_returns_its_block_when_it_is_disposed()
    {
        var before = Settled();
        var tensor = Buffers.Empty(ScalarType.Float32, CPU, 100, 1000);
        Assert.Equal(before + 400_000, SlabMemory.Shared.UsedBytes);
        var view = tensor.narrow(0, 0, 1);
        tensor.Dispose();
        Assert.Equal(before + 400_000, SlabMemory.Shared.UsedBytes);
        view.Dispose();
        Assert.Equal(before, SlabMemory.Shared.UsedBytes);
    }

    [Fact]
    public void Small_tensors_take_no_block()
    {
        var before = Settled();
        using var tensor = Buffers.Empty(ScalarType.Float32, CPU, 100, 100);
        Assert.Equal(before, SlabMemory.Shared.UsedBytes);
    }

    [Fact]
    public void A_block_that_only_a_graph_holds_is_returned_with_the_graph()
    {
        var before = Settled();
        using (NewDisposeScope())
        {
            var x = ones(100, 1000, requires_grad: true);
            Tensor loss;
            using (NewDisposeScope())
            {
                var doubled = Residual.Add(x, x); // its block is saved by what follows and by nobody else
                loss = SwiGlu.Apply(doubled, doubled).sum().MoveToOuterDisposeScope();
            }
            Assert.InRange(SlabMemory.Shared.UsedBytes - before, 400_000, 500_000);
            Backpropagation.Run(loss);
            // Saved tensors die as the pass goes by; the gradient of x is there now.
            Assert.InRange(SlabMemory.Shared.UsedBytes - before, 0, 500_000);
            Assert.True(x.grad!.isfinite().all().item<bool>());
        }
        Assert.Equal(before, SlabMemory.Shared.UsedBytes);
    }

    [Fact]
    public void A_graph_that_never_runs_backward_returns_its_blocks_too()
    {
        var before = Settled();
        using (NewDisposeScope())
        {
            var x = ones(100, 1000, requires_grad: true);
            SwiGlu.Apply(Residual.Add(x, x), x).sum();
        }
        Assert.Equal(before, SlabMemory.Shared.UsedBytes);
    }

    private static long Size(Random random) => random.Next(10) switch
    {
        0 => random.NextInt64(1, 64),
        < 8 => random.NextInt64(64, 3 * Mebibyte),
        8 => random.NextInt64(1, 200) * 64,
        _ => random.NextInt64(Mebibyte, 70 * Mebibyte),
    };

    // Tensors that other tests have left behind return their blocks when they are finalized: let that be over.
    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return SlabMemory.Shared.UsedBytes;
    }
}
