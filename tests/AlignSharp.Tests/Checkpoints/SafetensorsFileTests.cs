using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Every_type_survives_the_round_trip(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var written = arange(0, 24, dtype: ScalarType.Float32).reshape(2, 3, 4).remainder(5).to(dtype);
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("w", written)]);
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        var read = file.Read("w");
        Assert.Equal(dtype, read.dtype);
        Assert.Equal(written.shape, read.shape);
        Assert.Equal(written.to(ScalarType.Float64).data<double>().ToArray(), read.to(ScalarType.Float64).data<double>().ToArray());
    }

    [Fact]
    public void Reading_converts_to_the_type_that_was_asked_for()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("w", tensor(new[] { 1.0f, -2.5f, 0.1f }).to(ScalarType.BFloat16))]);
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        var read = file.Read("w", ScalarType.Float32);
        Assert.Equal([1f, -2.5f, 0.10009765625f], read.data<float>().ToArray());
        Assert.False(read.requires_grad);
    }

    [Fact]
    public void A_tensor_outlives_its_file_and_is_the_only_one_that_reading_leaves()
    {
        SafetensorsWriterTests.WriteSample(_folder.File("a.safetensors"));
        using var scope = NewDisposeScope();
        Tensor read;
        using (var file = SafetensorsFile.Open(_folder.File("a.safetensors"))) read = file.Read("weight", ScalarType.Float64);
        Assert.Equal(1, scope.DisposablesCount);
        Assert.Equal(15.0, read.sum().item<double>());
    }

    [Fact]
    public void Scalars_and_empty_tensors_are_read()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("scalar", tensor(3.5f)), new("empty", zeros(2, 0))]);
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        Assert.Equal(3.5f, file.Read("scalar").item<float>());
        Assert.Equal([2L, 0L], file.Read("empty").shape);
        Assert.Equal(4, file.Bytes("scalar").Length);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Unaligned_data_is_read()
    {
        byte[] bytes = [.. SafetensorsHeaderTests.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", 1), .. BitConverter.GetBytes(2.5f)];
        File.WriteAllBytes(_folder.File("a.safetensors"), bytes);
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        using var read = file.Read("b");
        Assert.Equal(2.5f, read.item<float>());
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_file()
    {
        SafetensorsWriterTests.WriteSample(_folder.File("a.safetensors"));
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        var error = Assert.Throws<ArtifactException>(() => file.Read("lm_head.weight"));
        Assert.Contains("a.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("'lm_head.weight'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_libtorch_lacks_is_refused_by_name_when_read()
    {
        File.WriteAllBytes(_folder.File("a.safetensors"), SafetensorsHeaderTests.File("""{"w":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2));
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        var error = Assert.Throws<ArtifactException>(() => file.Read("w"));
        Assert.Contains("tensor 'w' is of F8_E4M3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_empty_and_cut_files_are_refused()
    {
        Assert.Contains("does not exist", Assert.Throws<ArtifactException>(() => SafetensorsFile.Open(_folder.File("none.safetensors"))).Message, StringComparison.Ordinal);
        SafetensorsWriterTests.WriteSample(_folder.File("a.safetensors"));
        var whole = File.ReadAllBytes(_folder.File("a.safetensors"));
        for (var length = 0; length < whole.Length; length += 3)
        {
            File.WriteAllBytes(_folder.File("cut.safetensors"), whole[..length]);
            Assert.Throws<ArtifactException>(() => SafetensorsFile.Open(_folder.File("cut.safetensors")));
        }
    }
}
