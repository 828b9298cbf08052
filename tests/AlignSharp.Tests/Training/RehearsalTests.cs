using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
using AlignSharp.Testing;
using AlignSharp.Tracking;
using AlignSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Training;

[Collection(ProcessWide.Name)]
public class RehearsalTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void A_rehearsed_run_has_the_same_bits(double dropout)
    {
        var pairs = TinyPairs.Create(11, seed: 21);
        (float[] Values, double[] Figures, int Notes) Run(bool rehearse)
        {
            random.manual_seed(9);
            using var run = new TinyRun(dropout);
            var notes = new List<string>();
            PreferenceTask Task() => new(new PreferencePass(run.Model, new RememberedReference(new AdapterReference(run.Model, run.Adapter, AdapterUse.Off), pairs.Count), new SigmoidObjective(0.3)), pairs);
            var plan = new UpdatePlan(new RandomOrder(pairs.Count, 2), pairs.Count, 3, 2, 4, null);
            if (rehearse) run.Rehearsal(Task(), plan, notes.Add).Run();
            run.Loop(Task(), plan).Run();
            return (run.Values(), [.. run.Tracker.Steps.SelectMany(step => step.Named().Select(metric => metric.Value))], notes.Count);
        }
        var (plain, rehearsed) = (Run(rehearse: false), Run(rehearse: true));
        Assert.Equal((0, 2), (plain.Notes, rehearsed.Notes));
        Assert.Equal(plain.Values, rehearsed.Values);
        Assert.Equal(plain.Figures, rehearsed.Figures);
    }

    [Fact]
    public void The_longest_micro_batch_of_all_epochs_is_rehearsed_and_its_longest_rows_are_named()
    {
        int[] tokens = [10, 20, 30, 40, 50, 60, 70, 80];
        int[][] epochs = [[0, 1, 2, 3, 4, 5, 6, 7], [0, 7, 1, 6, 2, 5, 3, 4], [6, 7, 0, 1, 2, 3, 4, 5]];
        var (task, notes) = (new LengthsTask(tokens), new List<string>());
        Rehearse(task, Plan(new GivenOrders([epochs[1], epochs[0]]), epochs: 2), notes);
        Assert.Equal([[6, 7]], task.Accumulated);
        Assert.Equal("rehearsing the longest batch: 2 rows, 150 tokens (row 7, row 6)", notes[0]);
        Assert.Matches("^longest batch rehearsed, peak memory [0-9.]+ GiB$", notes[1]);

        task.Accumulated.Clear();
        Rehearse(task, Plan(new GivenOrders(epochs), epochs: 3, batchSize: 2, accumulation: 4), notes);
        Assert.Equal([[6, 7]], task.Accumulated);
    }

    [Fact]
    public void A_run_that_begins_with_its_longest_micro_batch_is_not_rehearsed()
    {
        int[] tokens = [90, 80, 10, 20, 30, 40, 50, 60, 70, 80, 90, 80];
        var task = new LengthsTask(tokens);
        Rehearse(task, Plan(new SequentialOrder(tokens.Length), epochs: 2), []);
        Assert.Empty(task.Accumulated);
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public void A_run_of_fewer_than_eight_micro_batches_is_not_rehearsed(int microBatches, bool rehearses)
    {
        var task = new LengthsTask([.. Enumerable.Range(1, microBatches)]);
        Rehearse(task, Plan(new SequentialOrder(microBatches), batchSize: 1), []);
        Assert.Equal(rehearses, task.Accumulated.Count > 0);
    }

    [Fact]
    public void The_rehearsal_leaves_no_gradient_and_no_tensor()
    {
        var pairs = TinyPairs.Create(9, seed: 22);
        using var run = new TinyRun(dropout: 0.2);
        var plan = new UpdatePlan(new RandomOrder(9, 1), 9, 1, 1, 1, null);
        run.Rehearsal(new PreferenceTask(run.Pass, pairs), plan, _ => { }).Run();
        var live = LeakCheck.LiveTensors;
        run.Rehearsal(new PreferenceTask(run.Pass, pairs), plan, _ => { }).Run();
        Assert.Equal(live, LeakCheck.LiveTensors);
        Assert.All(run.Adapter.Parameters, parameter => Assert.Null(parameter.grad));
    }

    [Theory]
    [InlineData(2, "memory ran out on the longest batch, tried before the first update: 2 rows, 19 tokens (row 9, row 8); set gradient_checkpointing: true or max_tokens_per_batch below 19, or lower per_device_train_batch_size or max_length")]
    [InlineData(1, "memory ran out on the longest batch, tried before the first update: 1 row, 10 tokens (row 9); the row is alone already: set gradient_checkpointing: true, lower max_length or lora_r, or choose a smaller model or dtype")]
    public void Memory_that_does_not_suffice_ends_the_run_with_the_rows_and_what_to_lower(int batchSize, string expected)
    {
        var task = new LengthsTask([.. Enumerable.Range(1, 10)], OfLibtorch("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4000000000000 bytes."));
        var fault = Assert.Throws<MemoryExhaustedException>(() => Rehearse(task, Plan(new SequentialOrder(10), epochs: 2, batchSize), []));
        Assert.Equal(expected, fault.Message);
    }

    [Fact]
    public void Other_errors_pass_as_they_are()
    {
        var task = new LengthsTask([.. Enumerable.Range(1, 10)], OfLibtorch("mat1 and mat2 shapes cannot be multiplied"));
        Assert.Throws<ExternalException>(() => Rehearse(task, Plan(new SequentialOrder(10), epochs: 2), []));
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_run_before_the_first_update_and_names_the_rows()
    {
        var pairs = TinyPairs.Create(9, seed: 23);
        using var run = new TinyRun();
        using (no_grad()) run.Model.state_dict()["model.norm.weight"].fill_(float.NaN);
        var rehearsal = run.Rehearsal(new PreferenceTask(run.Pass, pairs), new UpdatePlan(new RandomOrder(9, 1), 9, 1, 1, 1, null), _ => { });
        var message = Assert.Throws<DivergenceException>(() => rehearsal.Run()).Message;
        Assert.Matches(@"^before the first update: the loss is NaN on the longest batch, 1 row, \d+ tokens \(pairs.jsonl:\d\); look at these rows$", message);
    }

    [Fact]
    public void More_rows_than_fit_into_a_line_are_counted()
    {
        var (task, notes) = (new LengthsTask([.. Enumerable.Range(1, 100)]), new List<string>());
        Rehearse(task, Plan(new SequentialOrder(100), batchSize: 10), notes);
        Assert.Equal("rehearsing the longest batch: 10 rows, 955 tokens (row 99, row 98, row 97, row 96 and 6 more)", notes[0]);
    }

    [SuppressMessage("Usage", "CA2201", Justification = "It is what TorchSharp throws for libtorch's errors.")]
    private static ExternalException OfLibtorch(string message) => new(message);

    private static void Rehearse(ITrainingTask task, UpdatePlan plan, List<string> notes)
    {
        using var run = new TinyRun();
        run.Rehearsal(task, plan, notes.Add).Run();
    }

    private static UpdatePlan Plan(IRowOrder order, int epochs = 1, int batchSize = 2, int accumulation = 1) => new(order, order.Rows(0).Length, batchSize, accumulation, epochs, null);

    private sealed class GivenOrders(int[][] epochs) : IRowOrder
    {
        public int[] Rows(int epoch) => epochs[epoch];
    }

    private sealed class LengthsTask(int[] tokens, Exception? fault = null) : ITrainingTask
    {
        public int Rows => tokens.Length;

        public string RowsAre => "rows";

        public List<int[]> Accumulated { get; } = [];

        public BatchMetrics Accumulate(TrainingUpdate update, int microBatch)
        {
            if (fault is not null) throw fault;
            Accumulated.Add(update.MicroBatches[microBatch]);
            return new BatchMetrics { Loss = 1, Entropy = 0, MeanTokenAccuracy = 0 };
        }

        public long SequenceTokens(IEnumerable<int> rows) => 0;

        public long PackedTokens(IEnumerable<int> rows) => rows.Sum(row => (long)tokens[row]);

        public long LossTerms(IEnumerable<int> rows) => rows.LongCount();

        public string NameRow(int row) => $"row {row}";
    }
}
