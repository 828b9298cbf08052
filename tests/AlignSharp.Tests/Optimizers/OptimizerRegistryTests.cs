using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;
using AlignSharp.Runtime;
using AlignSharp.Tests.Checkpoints;
using AlignSharp.Tests.Tensors;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Optimizers;

/// <summary>What all optimizers have in common.</summary>
[Collection(ProcessWide.Name)]
public class OptimizerRegistryTests
{
    private static readonly Dictionary<string, double> None = [];
    private static readonly Dictionary<string, double> Momentum = new() { ["momentum"] = 0.9 };

    // A matrix below 4096 elements and one above, a vector, an embedding, and one with states large enough for paging.
    private static readonly (string Name, long[] Shape)[] Shapes =
        [("a.weight", [30, 40]), ("b.weight", [70, 61]), ("norm.weight", [5000]), ("model.embed_tokens.weight", [80, 60]), ("c.weight", [400, 257])];

    public static TheoryData<string> Names => [.. Registry.OptimizerNames];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_states_are_as_large_as_they_were_said_to_be(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (var arguments in name == "sgd" ? [None, Momentum] : new[] { None })
            {
                using var optimizer = Registry.CreateOptimizer(name, Parameters(type), new AdamWOptions(), arguments);
                Assert.Equal(optimizer.StateBytes, Registry.StateBytes(name, Shapes.Select(s => new ParameterShape(s.Name, s.Shape, type)), arguments));
            }
        }
    }

    // Per element of a large matrix: two or one states of four bytes, or of one byte and a 64th for the magnitudes of blocks.
    [Theory]
    [InlineData("adamw_torch", 8)]
    [InlineData("paged_adamw_32bit", 8)]
    [InlineData("adamw_8bit", 2 * (1 + 4 / 256.0))]
    [InlineData("lion_32bit", 4)]
    [InlineData("paged_lion_8bit", 1 + 4 / 256.0)]
    [InlineData("adafactor", 2 * 4 / 1024.0)]
    [InlineData("sgd", 0)]
    public void A_large_matrix_has_the_states_of_the_guide(string name, double bytesPerElement) =>
        Assert.Equal(bytesPerElement * 1024 * 1024, Registry.StateBytes(name, [new ParameterShape("w.weight", [1024, 1024], ScalarType.Float32)], None));

    [Theory]
    [InlineData("w.weight", 4095, 8)]
    [InlineData("w.weight", 4096, 2 * (1 + 4 / 256.0))]
    [InlineData("model.embed_tokens.weight", 4096, 8)]
    public void Small_tensors_and_embeddings_keep_32_bits(string name, long elements, double bytesPerElement) =>
        Assert.Equal(bytesPerElement * elements, Registry.StateBytes("adamw_8bit", [new ParameterShape(name, [elements], ScalarType.Float32)], None));

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_gradients_give_equal_bits_with_any_number_of_threads(string name)
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            {
                set_num_threads(1);
                var expected = Trained(name, type);
                set_num_threads(3);
                Assert.Equal(expected, Trained(name, type));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData("paged_adamw_8bit", "adamw_8bit")]
    [InlineData("paged_lion_32bit", "lion_32bit")]
    [InlineData("paged_lion_8bit", "lion_8bit")]
    [InlineData("paged_adamw", "paged_adamw_32bit")]
    [InlineData("adamw_bnb_8bit", "adamw_8bit")]
    public void Paging_and_other_names_change_no_bit(string name, string same)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Trained(same, ScalarType.Float32), Trained(name, ScalarType.Float32));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_that_is_not_finite_changes_nothing(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var parameters = Parameters(ScalarType.Float32);
        using var optimizer = Registry.CreateOptimizer(name, parameters, new AdamWOptions { PageFolder = folder.Path }, None);
        SetGradients(parameters, 1);
        optimizer.Update(0.01);
        byte[] Everything() => [.. parameters.SelectMany(p => OperatorCheck.Bits(p.Value)), .. optimizer.States.SelectMany(states => states).SelectMany(OperatorCheck.Bits)];
        var before = Everything();
        SetGradients(parameters, 2);
        parameters[1].Value.grad![3, 3] = tensor(float.NaN);
        Assert.False(double.IsFinite(optimizer.Update(0.01).GradNorm));
        Assert.Equal(before, Everything());
        Assert.All(parameters, parameter => Assert.Null(parameter.Value.grad));
    }

    // 64 MiB of states: memory of the process alone where they are not paged, pages of a file where they are.
    [Theory]
    [InlineData("lion_32bit", false)]
    [InlineData("paged_lion_32bit", true)]
    public void Paged_states_are_not_memory_of_the_process_alone(string name, bool isPaged)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "RssAnon is Linux's");
        const long mebibyte = 1 << 20;
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var parameter = new Parameter(ones(16 * mebibyte));
        var gradient = ones_like(parameter).DetachFromDisposeScope(); // stays when the optimizer has dropped it
        parameter.grad = gradient;
        var before = AnonymousBytes();
        using var optimizer = Registry.CreateOptimizer(name, [("w", parameter)], new AdamWOptions { PageFolder = folder.Path }, None);
        Assert.Equal(64 * mebibyte, optimizer.StateBytes);
        optimizer.Update(0.01);
        // Clipped from a norm of 4096; the state was written to its last page.
        Assert.Equal(0.001 / 4096, optimizer.States.Single()[0][-1].item<float>(), 1e-9);
        var grown = AnonymousBytes() - before;
        gradient.Dispose();
        if (isPaged) Assert.InRange(grown, long.MinValue, 16 * mebibyte);
        else Assert.InRange(grown, 48 * mebibyte, long.MaxValue);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void States_that_do_not_fit_on_the_disk_end_it_before_it_starts()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        // A view of one element, so large in shape alone.
        var parameter = new Parameter(zeros(1).expand(1L << 45));
        var message = Assert.Throws<DiskFullException>(() => Registry.CreateOptimizer("paged_lion_32bit", [("w", parameter)], new AdamWOptions { PageFolder = folder.Path }, None)).Message;
        Assert.Contains("no space left", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sdg", "", 0, "optim: 'sdg' is not known")]
    [InlineData("adamw_torch", "momentum", 0.9, "optim_args: 'momentum' means nothing to optim 'adamw_torch'; it takes no arguments")]
    [InlineData("sgd", "dampening", 0.1, "'dampening' means nothing to optim 'sgd'; it takes momentum")]
    [InlineData("sgd", "momentum", 1.0, "'momentum' is 1; expected 0 to below 1")]
    public void A_wrong_optimizer_is_one_line(string name, string argument, double value, string expected)
    {
        var arguments = argument.Length == 0 ? None : new Dictionary<string, double> { [argument] = value };
        var message = Assert.Throws<ConfigurationException>(() => Registry.CreateOptimizer(name, [], new AdamWOptions(), arguments)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static (string Name, Parameter Value)[] Parameters(ScalarType type) =>
        [.. Shapes.Select((shape, i) => (shape.Name, new Parameter(OperatorCheck.Fixed(type, 20 + i, shape.Shape))))];

    private static void SetGradients((string Name, Parameter Value)[] parameters, int number)
    {
        foreach (var (i, (_, value)) in parameters.Index()) value.grad = OperatorCheck.Fixed(value.dtype, 100 * number + i, value.shape);
    }

    private static byte[] Trained(string name, ScalarType type)
    {
        using var folder = new TemporaryFolder();
        var parameters = Parameters(type);
        using var optimizer = Registry.CreateOptimizer(name, parameters, new AdamWOptions { WeightDecay = 0.1, PageFolder = folder.Path }, name == "sgd" ? Momentum : None);
        for (var number = 1; number <= 3; number++)
        {
            SetGradients(parameters, number);
            optimizer.Update(0.01);
        }
        return [.. parameters.SelectMany(p => OperatorCheck.Bits(p.Value)), .. optimizer.States.SelectMany(states => states).SelectMany(OperatorCheck.Bits)];
    }

    private static long AnonymousBytes()
    {
        SlabMemory.Shared.Trim();
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
