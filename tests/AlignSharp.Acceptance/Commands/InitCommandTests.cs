using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models.Llama;
using AlignSharp.Recipes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Commands;

public sealed class InitCommandTests : IDisposable
{
    private const string Poem = "the cat sat on the mat\nthe dog sat on the log\n\nGrüße, über alles\n";
    private static readonly string[] Tiny = ["--hidden_size", "32", "--layers", "2", "--heads", "4"];

    private readonly TemporaryFolder _folder = new();

    private string Out => Path.Combine(_folder.Path, "model");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_model_is_a_folder_that_generate_and_score_read()
    {
        var text = _folder.Write("poem.txt", Poem);
        var run = Init("--text", text, "--vocab_size", "268", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(["config.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"], Files(Out));
        var report = Assert.Single(run.Lines);
        Assert.Equal(268, report.GetProperty("vocab_size").GetInt32());
        // Two embeddings, and per layer four square matrices, three of the feed-forward width 96 and two norms; the last norm.
        Assert.Equal((2 * 268 * 32) + (2 * ((4 * 32 * 32) + (3 * 32 * 96) + 64)) + 32, report.GetProperty("parameters").GetInt64());

        var generated = CommandRun.Of("generate", "--model", Out, "--prompt", "the cat", "--max_new_tokens", "5", "--json").Lines[0];
        Assert.Equal("the cat", generated.GetProperty("prompt").GetString());
        var scored = CommandRun.Of("score", "--model", Out, _folder.Write("rows.jsonl", "{\"text\": \"the cat sat\"}")).Lines[0];
        // Bos stands in front, and a random model finds all tokens about equally likely.
        var tokens = scored.GetProperty("tokens").GetInt32();
        Assert.Equal(TokenizerFolder.Load(Out).Encode("the cat sat").Length - 1, tokens);
        Assert.InRange(scored.GetProperty("sum").GetDouble() / tokens, -Math.Log(268) - 0.5, -Math.Log(268) + 0.5);
    }

    [Fact]
    public void The_configuration_says_what_was_asked_for()
    {
        var run = Init("--text", _folder.Write("poem.txt", Poem), "--vocab_size", "265", "--kv_heads", "2", "--intermediate_size", "40", "--max_position_embeddings", "128", "--tie_word_embeddings", "--dtype", "bfloat16");
        Assert.Equal(0, run.Code);
        var config = Json("config.json");
        var tokenizer = TokenizerFolder.Load(Out);
        (string Key, object Value)[] expected =
        [
            ("model_type", "llama"), ("vocab_size", 265), ("hidden_size", 32), ("intermediate_size", 40), ("num_hidden_layers", 2), ("num_attention_heads", 4), ("num_key_value_heads", 2),
            ("head_dim", 8), ("max_position_embeddings", 128), ("tie_word_embeddings", true), ("torch_dtype", "bfloat16"), ("bos_token_id", tokenizer.Special.Bos!.Id), ("eos_token_id", tokenizer.Special.Eos!.Id),
        ];
        foreach (var (key, value) in expected) Assert.True(JsonNode.DeepEquals(JsonValue.Create(value), config[key]), $"{key}: {config[key]}");
        Assert.Equal(tokenizer.Special.Eos.Id, Json("generation_config.json")["eos_token_id"]!.GetValue<int>());
        using var file = SafetensorsFile.Open(Path.Combine(Out, "model.safetensors"));
        Assert.Equal("BF16", file.Entry("model.embed_tokens.weight").Dtype);
        Assert.False(file.Contains("lm_head.weight"));
        Assert.Equal(["LlamaForCausalLM"], config["architectures"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public void Seeds_decide_the_weights_and_texts_the_tokenizer()
    {
        var text = _folder.Write("poem.txt", Poem);
        string Made(string name, params string[] options)
        {
            var folder = Path.Combine(_folder.Path, name);
            Assert.Equal(0, CommandRun.Of(["init", "--output_dir", folder, "--vocab_size", "270", "--text", text, .. Tiny, .. options]).Code);
            return folder;
        }
        byte[] Bytes(string folder, string file) => File.ReadAllBytes(Path.Combine(folder, file));
        var (a, b, c) = (Made("a"), Made("b"), Made("c", "--seed", "7"));
        foreach (var file in Files(a)) Assert.Equal(Bytes(a, file), Bytes(b, file));
        Assert.NotEqual(Bytes(a, "model.safetensors"), Bytes(c, "model.safetensors"));
        Assert.Equal(Bytes(a, "tokenizer.json"), Bytes(c, "tokenizer.json"));
        using var scope = NewDisposeScope();
        using var weights = SafetensorsFile.Open(Path.Combine(a, "model.safetensors"));
        var embedding = weights.Read("model.embed_tokens.weight");
        Assert.InRange(embedding.std().item<float>(), 0.019, 0.021);
        Assert.Equal(1, weights.Read("model.norm.weight").min().item<float>());
    }

    [Fact]
    public void A_published_shape_keeps_its_sizes_beside_those_that_are_given()
    {
        var run = Init("--shape", "llama-3.2-1b", "--vocab_size", "300", "--kv_heads", "2", "--intermediate_size", "64", "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal("the tokenizer has 258 tokens of the model's 300: without text there are bytes only\n", run.Error);
        // A tied embedding, and per layer two square matrices, two of half the width, three of the feed-forward width and two norms; the last norm.
        var expected = (300 * 32) + (2 * ((2 * 32 * 32) + (2 * 32 * 16) + (3 * 32 * 64) + 64)) + 32;
        Assert.Equal($$"""{"output_dir":"{{Out}}","parameters":{{expected}},"vocab_size":300,"dtype":"bfloat16"}""", run.Output.TrimEnd());
        var config = ModelConfigReader.Read(Out);
        Assert.Equal(NamedShapes.Find("llama-3.2-1b") with { VocabularySize = 300, HiddenSize = 32, IntermediateSize = 64, Layers = 2, Heads = 4, KeyValueHeads = 2, HeadDim = 8 }, config.Shape);
        Assert.Equal("bfloat16", Json("config.json")["torch_dtype"]!.GetValue<string>());

        using var scope = NewDisposeScope();
        using var weights = SafetensorsFile.Open(Path.Combine(Out, "model.safetensors"));
        Assert.Equal(LlamaWeights.Of(config.Shape).Select(weight => weight.Name).Order(StringComparer.Ordinal), weights.Names.Order(StringComparer.Ordinal));
        Assert.InRange(weights.Read("model.embed_tokens.weight").to(ScalarType.Float32).std().item<float>(), 0.019, 0.021);
        Assert.Equal(1, weights.Read("model.norm.weight").to(ScalarType.Float32).min().item<float>());
        Assert.Equal(0, CommandRun.Of("generate", "--model", Out, "--prompt", "the cat", "--max_new_tokens", "2").Code);
    }

    [Fact]
    public void Each_weight_of_a_published_shape_depends_on_seed_and_name_alone()
    {
        byte[] Made(string name, params string[] options)
        {
            var folder = Path.Combine(_folder.Path, name);
            Assert.Equal(0, CommandRun.Of(["init", "--output_dir", folder, "--shape", "smollm2-135m", "--hidden_size", "32", "--heads", "4", "--kv_heads", "2", "--intermediate_size", "64", .. options]).Code);
            using var scope = NewDisposeScope();
            using var weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
            return weights.Read("model.layers.0.mlp.up_proj.weight").bytes.ToArray();
        }
        Assert.Equal(Made("a", "--layers", "2", "--vocab_size", "300"), Made("b", "--layers", "1", "--vocab_size", "310"));
        Assert.NotEqual(Made("c", "--layers", "1", "--vocab_size", "300"), Made("d", "--layers", "1", "--vocab_size", "300", "--seed", "7"));
    }

    [Fact]
    public void All_text_fields_of_rows_are_learnt_from_and_several_files_together()
    {
        var rows = _folder.Write("rows.jsonl", "{\"prompt\": \"zebra zebra\", \"chosen\": \"quokka quokka\", \"n\": 1, \"ids\": [1, 2]}\n{\"text\": \"narwhal narwhal\"}\n");
        var array = _folder.Write("rows.json", "[{\"other\": \"ocelot ocelot\"}]");
        Assert.Equal(0, Init("--text", rows, "--text", array, "--vocab_size", "400").Code);
        var tokenizer = TokenizerFolder.Load(Out);
        // A word that occurs twice, each time with its own front, is a few tokens at most; an unknown one is a token a letter.
        foreach (var word in new[] { "zebra", "quokka", "narwhal", "ocelot" }) Assert.InRange(tokenizer.Encode(word, addSpecialTokens: false).Length, 1, 2);
        Assert.Equal(6, tokenizer.Encode("jumped", addSpecialTokens: false).Length);
    }

    [Fact]
    public void A_vocabulary_that_the_texts_do_not_fill_is_told_and_without_text_it_is_the_bytes()
    {
        var run = Init();
        Assert.Equal(0, run.Code);
        Assert.Contains("vocab_size: the vocabulary has 258 tokens, not 4096: without text", run.Error, StringComparison.Ordinal);
        Assert.Equal(258, Json("config.json")["vocab_size"]!.GetValue<int>());
        Assert.Equal("Grüße 😀", TokenizerFolder.Load(Out).Decode(TokenizerFolder.Load(Out).Encode("Grüße 😀", addSpecialTokens: false)));
    }

    [Theory]
    [InlineData("--hidden_size=30", "hidden_size is 30; expected a multiple of 8")]
    [InlineData("--kv_heads=3", "kv_heads is 3; expected a divisor of heads (4)")]
    [InlineData("--shape=llama-9b", "shape: 'llama-9b' is not known; expected llama-2-7b, llama-2-13b")]
    [InlineData("--layers=0", "layers is 0; expected a whole number above 0")]
    [InlineData("--max_position_embeddings=-1", "max_position_embeddings is -1; expected")]
    [InlineData("--vocab_size=100", "vocab_size is 100, expected at least 258")]
    [InlineData("--vocab_size=many", "option --vocab_size: many is not a whole number")]
    [InlineData("--dtype=int8", "option --dtype: int8 is not known")]
    [InlineData("--text=absent.txt", "absent.txt: the data file does not exist")]
    [InlineData("--text=absent.csv", "absent.csv: the data file does not exist")]
    [InlineData("--hiden_size=8", "option --hiden_size is not known; did you mean --hidden_size?")]
    public void A_bad_option_is_one_line_and_code_2(string option, string words)
    {
        CommandRun.Of(["init", "--output_dir", Out, "--heads", "4", option]).AssertFault(2, words);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Faults_of_texts_are_code_3_and_leave_nothing()
    {
        Init("--text", _folder.Write("a.txt", " \n")).AssertFault(3, "a.txt: the file has no text");
        Init("--text", _folder.Write("a.jsonl", "{\"ids\": [1]}")).AssertFault(3, "a.jsonl: the file has no text");
        Init("--text", _folder.Write("b.jsonl", "{")).AssertFault(3, "b.jsonl:1: the last line");
        File.WriteAllBytes(Path.Combine(_folder.Path, "c.txt"), [(byte)'a', 0xFF, (byte)'b']);
        Init("--text", Path.Combine(_folder.Path, "c.txt")).AssertFault(3, "c.txt: the file is not valid UTF-8");
        CommandRun.Of(["init", "--output_dir", Out], new CancellationToken(canceled: true)).AssertFault(75, "align: interrupted");
        Assert.Equal(["a.jsonl", "a.txt", "b.jsonl", "c.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_with_files_is_never_replaced()
    {
        Assert.Equal(0, Init("--vocab_size", "258").Code);
        var before = File.ReadAllBytes(Path.Combine(Out, "model.safetensors"));
        Init("--seed", "1").AssertFault(2, "holds files already");
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Out, "model.safetensors")));
    }

    [Fact]
    public async Task It_runs_as_a_process()
    {
        var result = await AlignCommand.Run(["init", "--output-dir", Out, "--vocab-size=258", "--hidden-size=16", "--layers=1", "--heads=2"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        // Two embeddings of 258 by 16, four squares, three of the feed-forward width 64, three norms.
        Assert.Equal($"{Out}: a Llama of 12,400 parameters with 258 tokens, float32\n", result.Output);
    }

    private CommandRun Init(params string[] options) => CommandRun.Of(["init", "--output_dir", Out, .. Tiny, .. options]);

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, name)))!;

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
