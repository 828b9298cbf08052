using System.Text;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Testing;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("qlora/adapters/all_linear_rslora_r4/adapter_model.safetensors")]
    [InlineData("qlora/adapters/bias_all/adapter_model.safetensors")]
    [InlineData("qlora/adapters/dora_r4/adapter_model.safetensors")]
    [InlineData("qlora/linear4bit.safetensors")]
    [InlineData("trl/model_a/model.safetensors")]
    [InlineData("trl/dpo_lora/adapter_final_trl_v1.9.0/adapter_model.safetensors")]
    public void Files_of_the_reference_writer_are_reproduced_byte_for_byte(string golden)
    {
        var path = Golden.Path(golden);
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var tensors = file.Names.Reverse().Select(n => KeyValuePair.Create(n, file.Read(n))).ToList();
        SafetensorsWriter.Write(_folder.File("again.safetensors"), tensors, file.Metadata);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_folder.File("again.safetensors")));
    }

    [Fact]
    public void Layout_is_types_by_rank_then_names_by_bytes()
    {
        using var scope = NewDisposeScope();
        var one = zeros(1);
        SafetensorsWriter.Write(_folder.File("a.safetensors"),
            [new("a", one), new("\uFFFD", one), new("😀", one), new("B", one), new("int", zeros(1, ScalarType.Int64)), new("half", zeros(1, ScalarType.Float16))]);
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        Assert.Equal(["int", "B", "a", "\uFFFD", "😀", "half"], file.Names);
    }

    [Fact]
    public void Tensors_in_turn_are_made_one_after_the_other_and_give_the_same_file()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Golden.Path("trl/model_a/model.safetensors"));
        Tensor? before = null;
        var sources = file.Names.Reverse().Select(name => new TensorSource(name, ScalarType.Float32, file.Entry(name).Shape, () =>
        {
            Assert.True(before is null || before.IsInvalid, "the tensor before is still there");
            return before = file.Read(name);
        })).ToList();
        SafetensorsWriter.WriteInTurn(_folder.File("again.safetensors"), sources);
        Assert.Equal(File.ReadAllBytes(Golden.Path("trl/model_a/model.safetensors")), File.ReadAllBytes(_folder.File("again.safetensors")));
    }

    [Fact]
    public void A_tensor_that_comes_otherwise_than_announced_leaves_no_file()
    {
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.WriteInTurn(_folder.File("a.safetensors"), [new TensorSource("w", ScalarType.Float32, [2], () => zeros(3))]));
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.WriteInTurn(_folder.File("a.safetensors"), [new TensorSource("w", ScalarType.BFloat16, [2], () => zeros(2))]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Header_is_compact_raw_and_padded()
    {
        using var weight = zeros(1, 2);
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("é\"\\\n\u0001", weight)]);
        var bytes = File.ReadAllBytes(_folder.File("a.safetensors"));
        var length = (int)BitConverter.ToUInt64(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"é\"\\\n\u0001":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
    }

    [Fact]
    public void Views_are_written_as_their_elements()
    {
        using var scope = NewDisposeScope();
        var transposed = arange(6, dtype: ScalarType.Float32).reshape(2, 3).t();
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("w", transposed)]);
        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], file.Read("w").data<float>().ToArray());
    }

    [Fact]
    public void Parameters_with_gradients_stay_usable_after_writing()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(3, requires_grad: true);
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("w", parameter)]);
        parameter.sum().backward();
        Assert.Equal(3f, parameter.grad!.sum().item<float>());
    }

    [Fact]
    public void Duplicate_and_reserved_names_are_refused_and_leave_nothing()
    {
        using var weight = zeros(1);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("w", weight), new("w", weight)]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder.File("a.safetensors"), [new("__metadata__", weight)]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_a_configuration_fault()
    {
        using var weight = zeros(1);
        Assert.Throws<ConfigurationException>(() => SafetensorsWriter.Write(_folder.File("none/a.safetensors"), [new("w", weight)]));
    }

    internal static void WriteSample(string path)
    {
        using var weight = arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        using var bias = zeros(2, ScalarType.BFloat16);
        SafetensorsWriter.Write(path, [new("weight", weight), new("bias", bias)]);
    }
}
