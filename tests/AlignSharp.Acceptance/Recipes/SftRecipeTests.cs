using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary><c>align sft</c> from a YAML file to an output folder, against whole runs of TRL (golden/trl/README.md).</summary>
public sealed class SftRecipeTests : IDisposable
{
    // numpy_rng.json and hf_buffer_shuffle.json of golden/text: seed 42 each, which is the runs' default.
    private static readonly int[] PermutationOf10 = [5, 6, 0, 7, 3, 2, 4, 9, 1, 8];
    private static readonly int[] StreamOf20 = [0, 3, 6, 2, 8, 4, 5, 7, 1, 11, 9, 10, 12, 17, 18, 19, 13, 14, 16, 15];

    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Output => Path.Combine(_folder, "out");

    [Theory]
    [InlineData("sft_lora", "shifted")]
    [InlineData("sft_lora", "unshifted")]
    [InlineData("sft_lora_padded", "shifted")]
    public void The_golden_runs_give_the_trajectory_and_the_adapter_of_trl(string run, string count)
    {
        Succeed(GoldenRun(run) + $"sft_token_count: {count}\n");
        using var golden = JsonDocument.Parse(File.ReadAllText(Golden.Path($"trl/{run}/trajectory_trl_v1.9.0_{count}.json")));
        var (expected, rows) = (golden.RootElement.GetProperty("steps").EnumerateArray().ToArray(), Rows());
        Assert.Equal(expected.Length, rows.Length);
        foreach (var (step, row) in expected.Zip(rows))
        {
            void Near(string key, double tolerance, string? goldenKey = null) => Assert.Equal(step.GetProperty(goldenKey ?? key).GetDouble(), row[key]!.GetValue<double>(), tolerance);
            Near("loss", 2e-6);
            Near("grad_norm", 5e-6 * step.GetProperty("grad_norm").GetDouble());
            Near("learning_rate", 1e-12, "lr_used");
            Near("entropy", 1e-5);
            Near("mean_token_accuracy", 1e-6);
            Near("num_tokens", 0);
        }
        AssertWeights(Golden.Path($"trl/{run}/adapter_final_trl_v1.9.0_{count}/adapter_model.safetensors"));
    }

    [Fact]
    public void The_two_sums_of_equal_blocks_and_the_mean_of_means_agree()
    {
        // Blocks of equal length: the mean of means is the shifted mean (golden README).
        Succeed(GoldenRun("sft_lora") + "sft_token_count: mean_of_means\n");
        AssertWeights(Golden.Path("trl/sft_lora/adapter_final_trl_v1.9.0_shifted/adapter_model.safetensors"));
    }

    [Fact]
    public void Text_is_ended_packed_evaluated_and_the_model_card_says_what_it_is()
    {
        var error = Succeed(TextRun(Lines(("text", "Hello you"), ("text", "hello me; hello all"), ("text", "hello all of you"), ("text", "hello you"))) +
            "packing: true\npacking_strategy: wrapped\nmax_length: 8\nsize_valid_set: 1\neval_strategy: steps\neval_steps: 1\nmax_steps: 2\n");
        Assert.Contains("first 1 rows: 1 sequences", error, StringComparison.Ordinal);
        Assert.Contains("end of sequence: learned 3 times", error, StringComparison.Ordinal);
        Assert.Contains("% filled", error, StringComparison.Ordinal);
        var evaluation = Rows().First(row => row.ContainsKey("eval_loss"));
        Assert.Equal(Math.Exp(evaluation["eval_loss"]!.GetValue<double>()), evaluation["eval_perplexity"]!.GetValue<double>(), 1e-9);
        var card = File.ReadAllText(Path.Combine(Output, "README.md"));
        foreach (var part in new[] { "- sft\n", "supervised fine-tuning", "Wrapped, rows of 8 tokens", "sequences |" }) Assert.Contains(part, card, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Output, "tokenizer.json")));
        Assert.True(File.Exists(Path.Combine(Output, "model.safetensors"))); // full fine-tuning
    }

    [Fact]
    public void Shuffle_dataset_gives_the_order_of_numpy()
    {
        var rows = GoldenRows();
        var shuffled = Trained(rows[..10], "shuffle_dataset: true\nmax_steps: 1\n");
        Assert.Equal(Trained([.. PermutationOf10.Select(row => rows[row])], "max_steps: 1\n"), shuffled);
        Assert.NotEqual(Trained(rows[..10], "max_steps: 1\n"), shuffled);
    }

    [Theory]
    [InlineData("", 24)]
    [InlineData("packing: true\npacking_strategy: wrapped\nmax_length: 40\n", 30)] // of sequences of 32 tokens
    public void A_stream_is_trained_in_the_order_of_datasets_and_repeats(string packing, int sequences)
    {
        // Two rows kept apart, the other twenty through a buffer of five, then again from the start.
        var rows = GoldenRows();
        rows = [.. rows, .. rows];
        var once = StreamOf20.Select(row => rows[row + 2]);
        const string steps = "max_steps: 3\n";
        var expected = Trained([.. once, .. once, .. once], packing + steps);
        var streamed = packing + steps + "dataset_streaming: true\nshuffle_buffer: 5\nsize_valid_set: 2\neval_strategy: steps\neval_steps: 3\ntrain_sampling_strategy: sequential\n";
        Assert.Equal(expected, Trained(rows[..22], streamed, out var error));
        Assert.Contains("first 2 rows: 2 sequences", error, StringComparison.Ordinal);
        Assert.Contains($"through a buffer of 5 rows; 20 different sequences, repeated up to {sequences}\n", error, StringComparison.Ordinal);
        Assert.NotEqual(expected, Trained(rows[..22], streamed.Replace("buffer: 5", "buffer: 1", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_stream_in_which_nothing_is_learned_ends_with_a_fault_and_single_rows_without_are_passed_over()
    {
        var (learned, not) = ("""{"input_ids":[5,6],"labels":[5,6]}""", """{"input_ids":[5,6,7],"labels":[-100,-100,7]}""");
        var path = Path.Combine(_folder, "stream.jsonl");
        var run = GoldenRun("sft_lora") + $"dataset_name: {path}\nmax_steps: 2\nmax_length: 2\ndataset_streaming: true\n";
        File.WriteAllLines(path, [learned, not, not]);
        var error = Succeed(run);
        Assert.Contains("rows dropped, they have no token to learn", error, StringComparison.Ordinal);
        Assert.Contains("3 different sequences", error, StringComparison.Ordinal);
        File.WriteAllLines(path, [not, not]);
        var (code, fault) = Run(run);
        Assert.Equal(3, code);
        Assert.Contains("no row has a token to learn within max_length (2)", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_reads_no_further_than_the_run_needs()
    {
        var path = Path.Combine(_folder, "stream.jsonl");
        File.WriteAllLines(path, GoldenRows().Concat(Enumerable.Repeat(GoldenRows(), 20).SelectMany(rows => rows)).Append("not a row"));
        var run = GoldenRun("sft_lora") + $"dataset_name: {path}\nmax_steps: 1\n";
        Assert.Equal(3, Run(run).Code);
        Succeed(run + "dataset_streaming: true\nshuffle_buffer: 8\n");
    }

    [Fact]
    public void Columns_are_mapped_and_long_rows_left_out()
    {
        var rows = Lines([[("question", "hello you?"), ("good", "hello me")], [("question", "hello"), ("good", new string('l', 40))]]);
        var error = Succeed(TextRun(rows) + "dataset_mapping:\n  prompt: \"Question: {question}\\n\\nAnswer: \"\n  completion: \"{good}\"\nmax_characters: 40\nmax_steps: 1\n");
        Assert.Contains("1 of 2 rows left out", error, StringComparison.Ordinal);
        Assert.Contains("1 sequences", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_only_loss_decides_what_is_learned()
    {
        int Learned(string more)
        {
            return LearnedOf(Succeed(TextRun(Lines([[("prompt", "hello you "), ("completion", "hello me")]])) + more + "max_steps: 1\n"));
        }
        Assert.Equal(Learned(""), Learned("completion_only_loss: true\n"));
        Assert.InRange(Learned("completion_only_loss: false\n"), Learned("") + 1, 100);
    }

    private const string Template = "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
    private const string Chat = """{"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "you"}, {"role": "user", "content": "all"}, {"role": "assistant", "content": "of you"}]}""";

    [Fact]
    public void Conversations_are_rendered_and_the_assistants_turns_learned()
    {
        var template = Path.Combine(_folder, "given.jinja");
        File.WriteAllText(template, Template);
        int Learned(string row, string more)
        {
            var path = Path.Combine(_folder, "rows.jsonl");
            File.WriteAllText(path, row);
            return LearnedOf(Succeed(TextRun(path) + $"chat_template_path: {template}\nmax_steps: 1\n" + more));
        }
        int Tokens(string text) => TextModel.Tokenizer.Encode(text, addSpecialTokens: false).Length;
        var end = TextModel.Tokenizer.Special.Eos!.Content;
        Assert.Equal(Tokens($"<user>hello<assistant>you{end}<user>all<assistant>of you{end}") - 1, Learned(Chat, ""));
        Assert.Equal(Tokens($"you{end}") + Tokens($"of you{end}"), Learned(Chat, "assistant_only_loss: true\n"));
        Assert.Equal(Template, File.ReadAllText(Path.Combine(Output, "chat_template.jinja")));
        const string completion = """{"prompt": [{"role": "user", "content": "hello"}], "completion": [{"role": "assistant", "content": "you"}]}""";
        Assert.Equal(Tokens($"you{end}"), Learned(completion, ""));
    }

    [Theory]
    [InlineData("", "there is no chat template")]
    [InlineData("chat_template_path: missing.jinja\n", "no file or folder 'missing.jinja'")]
    public void A_conversation_without_a_template_says_so(string more, string expected)
    {
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllText(path, Chat);
        var (code, error) = Run(TextRun(path) + more);
        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Assistant_only_loss_needs_conversations_and_a_template_that_marks_them()
    {
        var (template, rows) = (Path.Combine(_folder, "given.jinja"), Path.Combine(_folder, "rows.jsonl"));
        File.WriteAllText(template, "{% for m in messages %}{{ m.content }}{% endfor %}");
        File.WriteAllText(rows, Chat);
        Assert.Contains("does not mark the assistant's turns", Run(TextRun(rows) + $"chat_template_path: {template}\nassistant_only_loss: true\n").Error, StringComparison.Ordinal);
        Assert.Contains("are no conversations", Run(GoldenRun("sft_lora") + "assistant_only_loss: true\n").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_and_dynamic_fine_tuning_act()
    {
        float[] Final(string more)
        {
            Succeed(GoldenRun("sft_lora") + "max_steps: 3\n" + more);
            return Weights(Path.Combine(Output, "adapter_model.safetensors"));
        }
        var plain = Final("");
        Assert.Equal(plain, Final("neftune_noise_alpha: 0\n"));
        Assert.Equal(plain, Final("loss_type: nll\n"));
        Assert.NotEqual(plain, Final("neftune_noise_alpha: 5\n"));
        Assert.NotEqual(plain, Final("loss_type: dft\n"));
    }

    [Theory]
    [InlineData("packing_strategy: bfd\n", "packing_strategy is set but nothing is packed")]
    [InlineData("packing: true\n", "packing needs max_length")]
    [InlineData("size_valid_set: 16\n", "leave some to train on")]
    [InlineData("dataset_streaming: true\nsize_valid_set: 16\n", "leave no row to train on")]
    [InlineData("dataset_streaming: true\nmax_steps: -1\n", "dataset_streaming needs max_steps")]
    [InlineData("dataset_streaming: true\nshuffle_dataset: true\n", "use shuffle_buffer instead")]
    [InlineData("dataset_streaming: true\ntrain_sampling_strategy: random\n", "trains rows in the stream's order")]
    [InlineData("dataset_streaming: true\npacking: true\nmax_length: 8\n", "use packing_strategy: wrapped")]
    [InlineData("dataset_streaming: true\nper_device_train_batch_size: 2147483647\n", "lower one of them")]
    [InlineData("shuffle_buffer: 5\n", "nothing is streamed")]
    [InlineData("beta: 0.1\n", "beta is not a known key")]
    [InlineData("dataset_mapping: {text: \"{a\"}\n", "never closed")]
    [InlineData("dataset_mapping: {chosen: \"{a}\"}\n", "field 'a' is missing")]
    [InlineData("dataset_text_field: body\n", "expected text: body")]
    [InlineData("eval_strategy: steps\n", "set eval_dataset_name")]
    public void What_cannot_be_is_one_line_and_2_or_3(string more, string expected)
    {
        var (code, error) = Run(GoldenRun("sft_lora") + more);
        Assert.InRange(code, 2, 3);
        Assert.Contains(expected, Assert.Single(error.Split('\n'), line => line.StartsWith("align: error:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Output, "adapter_model.safetensors")));
    }

    private static int LearnedOf(string error)
    {
        var line = error.Split('\n').First(text => text.Contains("of them learned", StringComparison.Ordinal));
        return int.Parse(line.Split(" tokens, ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string[] GoldenRows() => [.. JsonNode.Parse(File.ReadAllText(Golden.Path("trl/sft_lora/rows.json")))!.AsArray().Select(row => row!.ToJsonString())];

    private float[] Trained(string[] rows, string more) => Trained(rows, more, out _);

    private float[] Trained(string[] rows, string more, out string error)
    {
        var path = Path.Combine(_folder, "trained.jsonl");
        File.WriteAllLines(path, rows);
        error = Succeed(GoldenRun("sft_lora") + $"warmup_steps: 0\ndataset_name: {path}\n{more}");
        return Weights(Path.Combine(Output, "adapter_model.safetensors"));
    }

    private string GoldenRun(string run) => $"""
        model_name_or_path: {Golden.Path("trl/model_a")}
        adapter_name_or_path: {Golden.Path("trl/adapter_init")}
        dataset_name: {Golden.Path($"trl/{run}/rows.json")}
        output_dir: {Output}
        train_sampling_strategy: sequential
        dtype: float32
        learning_rate: 5.0e-4
        lr_scheduler_type: cosine
        warmup_steps: 2
        weight_decay: 0.05
        per_device_train_batch_size: 4
        gradient_accumulation_steps: 2
        max_steps: 10
        max_length: null
        logging_steps: 1
        save_strategy: "no"

        """;

    private string TextRun(string rows) => $"""
        model_name_or_path: {TextModel.Create(_folder)}
        dataset_name: {rows}
        output_dir: {Output}
        dtype: float32
        logging_steps: 1
        save_strategy: "no"

        """;

    private string Lines(params (string Field, string Text)[] rows) => Lines([.. rows.Select(row => new[] { row })]);

    private string Lines((string Field, string Text)[][] rows)
    {
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllLines(path, rows.Select(row => JsonSerializer.Serialize(row.ToDictionary(field => field.Field, field => field.Text))));
        return path;
    }

    // A key given again replaces the earlier one.
    private (int Code, string Error) Run(string yaml)
    {
        var blocks = new List<string>();
        foreach (var line in yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == ' ') blocks[^1] += "\n" + line;
            else blocks.Add(line);
        }
        var path = Path.Combine(_folder, "run.yaml");
        File.WriteAllLines(path, blocks.GroupBy(block => block.Split(':')[0]).Select(group => group.Last()));
        using var error = new StringWriter();
        var runs = new TrainingRuns(error, new RecordingTracker());
        var code = new CommandLine(TextWriter.Null, error, 80, runs.Dpo, SftCommand.Create(TextWriter.Null, error, 80, runs.Sft)).Run(["sft", "--config", path], TestContext.Current.CancellationToken);
        return (code, error.ToString());
    }

    private string Succeed(string yaml)
    {
        var (code, error) = Run(yaml);
        Assert.True(code == 0, error);
        return error;
    }

    private JsonObject[] Rows() => [.. File.ReadLines(Path.Combine(Output, "metrics.jsonl")).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    private void AssertWeights(string golden)
    {
        foreach (var (expected, found) in Weights(golden).Zip(Weights(Path.Combine(Output, "adapter_model.safetensors")))) Assert.Equal(expected, found, 1e-6);
    }

    private static float[] Weights(string file)
    {
        using var tensors = SafetensorsFile.Open(file);
        return [.. tensors.Names.Order(StringComparer.Ordinal).SelectMany(name =>
        {
            using var tensor = tensors.Read(name);
            return tensor.data<float>().ToArray();
        })];
    }
}
