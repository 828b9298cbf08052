using AlignSharp.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Runtime;

[Collection(ProcessWide.Name)]
public sealed class TorchNativesTests
{
    [Fact]
    public void This_libtorch_has_what_the_kernels_need() => Assert.True(TorchNatives.AreThere);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void A_rented_tensor_is_an_ordinary_tensor_of_its_type_and_shape(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var shape in new long[][] { [1], [7], [3, 5], [1, 2, 3, 4], [2, 1, 1, 3, 2], [] })
        {
            var count = shape.Aggregate(1L, (product, size) => product * size);
            var rented = TorchNatives.Rent(shape, type, count * type.ElementSize());
            Assert.Equal(shape, rented.shape);
            Assert.Equal(type, rented.dtype);
            Assert.True(rented.is_contiguous() && rented.device_type == DeviceType.CPU && !rented.requires_grad);
            Assert.Equal(0, TorchNatives.Address(rented) % SlabMemory.Alignment);
            rented.copy_(ones(shape));
            Assert.Equal(count, rented.to(ScalarType.Int64).sum().item<long>());
            var reshaped = rented.view(-1).clone();
            Assert.Equal([count], reshaped.shape);
        }
    }

    [Fact]
    public void The_address_is_that_of_the_first_element_of_a_view()
    {
        using var scope = NewDisposeScope();
        var tensor = arange(24, dtype: ScalarType.Float32).view(4, 6);
        Assert.Equal((2 * 6 + 1) * sizeof(float), TorchNatives.Address(tensor.narrow(0, 2, 1).narrow(1, 1, 2)) - TorchNatives.Address(tensor));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Products_are_written_to_memory_that_is_there_already(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor left = (arange(6, dtype: ScalarType.Float32).view(2, 3) - 2).to(type), right = (arange(12, dtype: ScalarType.Float32).view(4, 3) - 5).to(type).t();
        var output = ones(2, 4, dtype: type);
        var address = TorchNatives.Address(output);
        TorchNatives.AddProduct(output, left, right, 2);
        Assert.Equal(0, output.sub(left.mm(right) * 2 + 1).abs().sum().to(ScalarType.Float32).item<float>());
        TorchNatives.Multiply(output, left, right);
        Assert.Equal(0, output.sub(left.mm(right)).abs().sum().to(ScalarType.Float32).item<float>());
        Assert.Equal(address, TorchNatives.Address(output));
    }

    [Fact]
    public void Factors_that_do_not_fit_are_an_exception()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<InvalidOperationException>(() => TorchNatives.Multiply(ones(2, 2), ones(2, 3), ones(4, 2)));
        Assert.Throws<InvalidOperationException>(() => TorchNatives.AddProduct(ones(2, 2), ones(2, 3), ones(4, 2), 1));
    }
}
