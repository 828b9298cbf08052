using AlignSharp.Tensors;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class EmbeddingRowsTests
{
    public static TheoryData<int> AllWidths => Widths;

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Rows_come_in_the_order_of_their_ids_and_may_repeat(int width)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(new long[] { 4, 0, 4, 2, 1, 1, 1 });
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64 })
        {
            var table = Fixed(type, 1, 5, width);
            var rows = EmbeddingRows.Of(table, ids);
            foreach (var (i, id) in ids.data<long>().ToArray().Index()) Assert.Equal(Bits(table[id]), Bits(rows[i]));
        }
    }

    [Fact]
    public void The_gradient_of_a_trained_table_adds_the_rows_up()
    {
        using var scope = NewDisposeScope();
        var ids = tensor(new long[] { 4, 0, 4, 2 });
        AgreesWithFloat64(Float32Tolerance, t => [EmbeddingRows.Of(t[0], ids)], Leaf(ScalarType.Float32, 1, 5, 17));
    }

    [Fact]
    public void Strides_of_the_table_do_not_matter()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(0, t => [EmbeddingRows.Of(Strided(t[0]), t[1]), EmbeddingRows.Of(t[0].narrow(1, 3, 7), t[1])], Fixed(ScalarType.Float32, 1, 5, 17), tensor(new long[] { 4, 0, 3 }));
    }

    [Fact]
    public void No_ids_give_no_rows()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 17], EmbeddingRows.Of(Fixed(ScalarType.Float32, 1, 5, 17), zeros(0, dtype: ScalarType.Int64)).shape);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(-1, false)]
    [InlineData(long.MaxValue, false)]
    [InlineData(5, true)]
    [InlineData(-1, true)]
    public void An_id_without_a_row_is_refused(long id, bool trained)
    {
        using var scope = NewDisposeScope();
        var table = Fixed(ScalarType.Float32, 1, 5, 3).requires_grad_(trained);
        Assert.Throws<ArgumentException>(() => EmbeddingRows.Of(table, tensor(new long[] { 1, id, 2 })));
    }
}
