using System.Text;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models.Llama;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

public sealed class ModelConfigReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Absent_keys_have_the_defaults_of_transformers() => Assert.Equal(
        new LlamaConfig { VocabularySize = 32000, HiddenSize = 4096, IntermediateSize = 11008, Layers = 32, Heads = 32, KeyValueHeads = 32, HeadDim = 128 },
        Read("").Shape);

    [Theory]
    [InlineData("""
        "torch_dtype":"bfloat16","rope_theta":5e5,"rope_scaling":{"type":"linear","factor":2}
        """)]
    [InlineData("""
        "torch_dtype":"bfloat16","rope_theta":5e5,"rope_scaling":{"rope_type":"linear","factor":2.0}
        """)]
    [InlineData("""
        "dtype":"bfloat16","torch_dtype":"float16","rope_parameters":{"rope_type":"linear","factor":2.0,"rope_theta":500000.0}
        """)]
    public void Both_forms_of_transformers_4_and_5_mean_the_same(string fields)
    {
        var config = Read(fields);
        Assert.Equal(ScalarType.BFloat16, config.DeclaredType);
        Assert.Equal(5e5, config.Shape.RopeTheta);
        Assert.Equal(new LinearRope(2), config.Shape.RopeScaling);
    }

    [Theory]
    [InlineData("\"eos_token_id\":2", null, 2)]
    [InlineData("\"eos_token_id\":[128001,128009]", null, 128001, 128009)]
    [InlineData("\"eos_token_id\":2", """{"eos_token_id":[5,6]}""", 5, 6)]
    [InlineData("\"eos_token_id\":2", """{"bos_token_id":1}""", 2)]
    [InlineData("\"eos_token_id\":null", null)]
    public void The_end_may_be_one_id_or_several_and_generation_config_wins(string fields, string? generation, params int[] expected)
    {
        if (generation is not null) File.WriteAllText(_folder.File("generation_config.json"), generation);
        Assert.Equal(expected, Read(fields).EosTokenIds);
    }

    [Fact]
    public void Unknown_keys_are_told_and_kept()
    {
        var config = Read("\"novelty\":{\"a\":1},\"head_dim\":null");
        Assert.Equal(["novelty"], config.IgnoredKeys);
        Assert.Equal("1", config.Json["novelty"]!["a"]!.ToJsonString());
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        File.WriteAllText(_folder.File("config.json"), """{"model_type":"llama"}""", new UTF8Encoding(true));
        Assert.Equal(32, ModelConfigReader.Read(_folder.Path).Shape.Layers);
    }

    [Theory]
    [InlineData("auto_map", "{\"AutoModel\":\"x.Y\"}")]
    [InlineData("sliding_window", "4096")]
    [InlineData("attention_dropout", "0.1")]
    [InlineData("partial_rotary_factor", "0.5")]
    [InlineData("final_logit_softcapping", "30.0")]
    [InlineData("residual_multiplier", "0.2")]
    [InlineData("num_local_experts", "8")]
    [InlineData("qk_norm", "true")]
    [InlineData("hidden_act", "\"gelu\"")]
    [InlineData("model_type", "\"mistral\"")]
    public void A_feature_that_would_change_the_numbers_is_refused_by_name(string key, string value) => AssertRefused($"\"{key}\":{value}", $"'{key}'", "is not supported");

    [Theory]
    [InlineData("\"attention_dropout\":0.0,\"sliding_window\":null,\"auto_map\":{},\"pretraining_tp\":1,\"rope_scaling\":{\"rope_type\":\"default\"}")]
    public void Harmless_values_of_such_features_pass(string fields) => Assert.Empty(Read(fields).IgnoredKeys);

    [Theory]
    [InlineData("\"num_hidden_layers\":0", "'num_hidden_layers' is 0")]
    [InlineData("\"num_hidden_layers\":1.5", "'num_hidden_layers' is 1.5")]
    [InlineData("\"num_hidden_layers\":\"two\"", "'num_hidden_layers' is \"two\"")]
    [InlineData("\"hidden_size\":1e999", "'hidden_size' is 1e999")]
    [InlineData("\"rms_norm_eps\":1e999", "'rms_norm_eps' is 1e999")]
    [InlineData("\"rms_norm_eps\":-1", "'rms_norm_eps' is -1")]
    [InlineData("\"vocab_size\":99999999999", "'vocab_size' is 99999999999")]
    [InlineData("\"num_attention_heads\":7", "'num_attention_heads' is 7; expected a divisor of hidden_size (4096)")]
    [InlineData("\"num_key_value_heads\":5", "'num_key_value_heads' is 5; expected a divisor of num_attention_heads (32)")]
    [InlineData("\"head_dim\":7", "'head_dim' is 7")]
    [InlineData("\"tie_word_embeddings\":1", "'tie_word_embeddings' is 1")]
    [InlineData("\"eos_token_id\":[1,\"a\"]", "'eos_token_id'")]
    [InlineData("\"rope_scaling\":[]", "'rope_scaling' is []; expected an object")]
    [InlineData("\"rope_scaling\":{\"rope_type\":\"longrope\"}", "'rope_scaling.rope_type': \"longrope\" is not supported")]
    [InlineData("\"rope_scaling\":{\"rope_type\":\"linear\"}", "'rope_scaling.factor' is missing")]
    [InlineData("\"rope_scaling\":{\"type\":\"linear\",\"factor\":0}", "'rope_scaling.factor' is 0")]
    [InlineData("\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":2,\"beta_fast\":1}", "'rope_scaling.beta_fast'")]
    [InlineData("\"rope_parameters\":{\"rope_type\":\"yarn\",\"factor\":2,\"mscale\":1}", "'rope_parameters.mscale'")]
    [InlineData("\"hidden_size\":1,\"hidden_size\":2", "hidden_size")]
    public void A_bad_value_is_one_line_that_names_the_field(string fields, string expected) => AssertRefused(fields, expected);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1} x")]
    public void What_is_not_a_json_object_is_refused(string text) => AssertFileRefused(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Deep_nesting_and_bad_bytes_are_refused()
    {
        AssertFileRefused(Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}"));
        AssertFileRefused([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        AssertFileRefused(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{}")).ToArray());
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("config.json: the file is missing", Assert.Throws<ArtifactException>(() => ModelConfigReader.Read(_folder.Path)).Message, StringComparison.Ordinal);

    private ModelConfig Read(string fields)
    {
        var family = fields.Contains("\"model_type\"", StringComparison.Ordinal) ? "" : "\"model_type\":\"llama\"";
        File.WriteAllText(_folder.File("config.json"), $"{{{family}{(family.Length > 0 && fields.Length > 0 ? "," : "")}{fields}}}");
        return ModelConfigReader.Read(_folder.Path);
    }

    private void AssertRefused(string fields, params string[] expected)
    {
        var message = Assert.Throws<ArtifactException>(() => Read(fields)).Message;
        foreach (var part in expected) Assert.Contains(part, message, StringComparison.Ordinal);
        AssertOneLine(message);
    }

    private void AssertFileRefused(byte[] content)
    {
        File.WriteAllBytes(_folder.File("config.json"), content);
        AssertOneLine(Assert.Throws<ArtifactException>(() => ModelConfigReader.Read(_folder.Path)).Message);
    }

    private void AssertOneLine(string message)
    {
        Assert.StartsWith(_folder.File("config.json"), message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("reader options", message, StringComparison.Ordinal);
    }
}
