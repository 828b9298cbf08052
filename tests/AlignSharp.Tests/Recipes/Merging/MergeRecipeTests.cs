using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Merging;
using AlignSharp.Testing;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Recipes.Merging;

public sealed class MergeRecipeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    private MergeRunOptions Options => new() { Model = Golden.Path("trl/model_a"), Adapters = [Golden.Path("trl/dpo_preinit/adapter_init")], OutputDir = Path.Combine(_folder, "out") };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_written_weight_that_is_not_the_merged_one_fails_the_verification_and_nothing_is_left()
    {
        var fault = Assert.Throws<VerificationException>(() => MergeRecipe.Run(Options, _ => { }, Spoil, CancellationToken.None));
        Assert.Contains("nothing was written", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(DtypeChoice.Float32, 1)]
    [InlineData(DtypeChoice.BFloat16, 1)]
    [InlineData(DtypeChoice.BFloat16, 0.02)] // too little to show in bfloat16's logits
    [InlineData(DtypeChoice.Float16, 0.02)]
    public void A_half_of_an_adapter_fails_the_verification(DtypeChoice dtype, double weight)
    {
        // The folder of a merge with half the update takes the place of the right one.
        var options = Options with { Weights = [weight], Dtype = dtype };
        MergeRecipe.Run(options with { Weights = [weight / 2], OutputDir = Path.Combine(_folder, "half") }, _ => { });
        void Replace(string written) => File.Copy(Path.Combine(_folder, "half", "model.safetensors"), Path.Combine(written, "model.safetensors"), overwrite: true);
        Assert.Throws<VerificationException>(() => MergeRecipe.Run(options, _ => { }, Replace, CancellationToken.None));
    }

    [Theory]
    [InlineData(DtypeChoice.Float32)]
    [InlineData(DtypeChoice.BFloat16)]
    [InlineData(DtypeChoice.Float16)]
    public void Large_updates_that_cancel_each_other_pass_the_verification(DtypeChoice dtype)
    {
        var adapter = Options.Adapters[0];
        MergeRecipe.Run(Options with { Adapters = [adapter, adapter, adapter], Weights = [1000, -1000, 0.01], Dtype = dtype }, _ => { });
    }

    [Fact]
    public void A_fault_between_writing_and_verifying_leaves_nothing()
    {
        Assert.Throws<IOException>(() => MergeRecipe.Run(Options, _ => { }, _ => throw new IOException("no"), CancellationToken.None));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void An_interruption_while_weights_are_written_leaves_nothing()
    {
        // The note about the missing lineage comes right before the weights.
        using var interruption = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => MergeRecipe.Run(Options, _ => interruption.Cancel(), interruption.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_large_model_is_written_in_shards_that_hold_the_same_tensors()
    {
        MergeRecipe.Run(Options, _ => { });
        MergeRecipe.Run(Options with { OutputDir = Path.Combine(_folder, "shards"), MaxShardBytes = 100_000 }, _ => { });
        Assert.True(File.Exists(Path.Combine(_folder, "shards", Checkpoint.IndexFile)));
        using var scope = NewDisposeScope();
        using var whole = Checkpoint.Open(Path.Combine(_folder, "out"));
        using var shards = Checkpoint.Open(Path.Combine(_folder, "shards"));
        Assert.Equal(whole.Names.Order(StringComparer.Ordinal), shards.Names);
        foreach (var name in shards.Names) Assert.Equal(0, TensorCompare.Absolute(whole.Read(name), shards.Read(name)));
    }

    [Fact]
    public void An_adapter_that_rounding_swallows_is_told()
    {
        var notes = new List<string>();
        MergeRecipe.Run(Options with { Weights = [1e-4], Dtype = DtypeChoice.BFloat16 }, notes.Add);
        Assert.Contains(notes, note => note.StartsWith("rounding to bfloat16 moves the logits by", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0, 0)]
    public void A_difference_up_to_the_bound_passes(double difference, double allowed) => LogitProbe.Require(difference, allowed, "it");

    [Theory]
    [InlineData(1.01, 1.0)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    [InlineData(1.0, double.NaN)]
    public void A_larger_difference_and_no_number_fail(double difference, double allowed) =>
        Assert.Throws<VerificationException>(() => LogitProbe.Require(difference, allowed, "it"));

    [Theory]
    [InlineData(7, 64)]
    [InlineData(128256, 8192)]
    [InlineData(96, 5)]
    public void The_probe_stays_inside_vocabulary_and_context(int vocabulary, int positions)
    {
        var ids = Assert.Single(LogitProbe.Tokens(vocabulary, positions, _folder));
        Assert.InRange(ids.Length, 1, positions);
        Assert.All(ids, id => Assert.InRange(id, 0, vocabulary - 1));
        Assert.True(ids.Distinct().Count() >= Math.Min(ids.Length, vocabulary) - 1);
    }

    private static void Spoil(string written)
    {
        var path = Path.Combine(written, Checkpoint.SingleFile);
        var tensors = new List<KeyValuePair<string, Tensor>>();
        using var scope = NewDisposeScope();
        using (var file = SafetensorsFile.Open(path))
            foreach (var name in file.Names) tensors.Add(new(name, name.EndsWith("0.self_attn.q_proj.weight", StringComparison.Ordinal) ? file.Read(name) * 1.05 : file.Read(name)));
        SafetensorsWriter.Write(path, tensors);
    }
}
