using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers;

public sealed class TokenizerFolderTests
{
    [Fact]
    public void A_folder_without_a_tokenizer_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.False(TokenizerFolder.Exists(folder.Path));
        Assert.Empty(TokenizerFolder.Files(folder.Path));
        Assert.Contains(folder.Path, Assert.Throws<ArtifactException>(() => TokenizerFolder.Load(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArtifactException>(() => SentencePieceConverter.Convert(folder.Path, folder.Path));
    }

    [Fact]
    public void The_files_to_carry_along_are_listed()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["tokenizer.json", "chat_template.jinja", "merges.txt", "config.json"]) folder.Write(name, "{}");
        Assert.True(TokenizerFolder.Exists(folder.Path));
        Assert.Equal(["tokenizer.json", "chat_template.jinja", "merges.txt"], TokenizerFolder.Files(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_model_alone_behaves_as_HFs_Llama_class()
    {
        using var folder = TinyModel();
        var tokenizer = TokenizerFolder.Load(folder.Path);
        Assert.Equal(new SpecialTokens(new SpecialToken("<s>", 1), new SpecialToken("</s>", 2), new SpecialToken("<unk>", 0), null), tokenizer.Special);
        var ids = tokenizer.Encode("hello</s>a");
        Assert.Equal("<s> hello</s> a", tokenizer.Decode(ids));
        Assert.Equal("hello a", tokenizer.Decode(ids, skipSpecialTokens: true));
        Assert.Equal(ids[1..], tokenizer.Encode("hello</s>a", addSpecialTokens: false));
    }

    [Fact]
    public void Files_beside_the_model_are_honoured()
    {
        using var folder = TinyModel();
        folder.Write("tokenizer_config.json", """{"legacy": false, "add_bos_token": false, "add_eos_token": true}""");
        folder.Write("special_tokens_map.json", """{"pad_token": "<pad>"}""");
        folder.Write("added_tokens.json", """{"<pad>": 284}""");
        var tokenizer = TokenizerFolder.Load(folder.Path);
        Assert.Equal(new SpecialToken("<pad>", 284), tokenizer.Special.Pad);
        Assert.Equal("hello</s>a</s>", tokenizer.Decode(tokenizer.Encode("hello</s>a")));
    }

    [Theory]
    [InlineData(null, "<s> hello</s> a")]
    [InlineData(false, "<s> hello</s>a")]
    public void A_converted_folder_keeps_settings_and_chat_template(bool? legacy, string expected)
    {
        using var source = TinyModel();
        using var output = new TemporaryFolder();
        source.Write("tokenizer_config.json", """{"model_max_length": 4096, "chat_template": "{{ x }}"}""");
        source.Write("chat_template.jinja", "{{ messages }}");
        SentencePieceConverter.Convert(source.Path, output.Path, legacy);
        Assert.Equal(["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"], TokenizerFolder.Files(output.Path).Select(Path.GetFileName));
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output.Path, "tokenizer_config.json")));
        Assert.Equal(4096, config.RootElement.GetProperty("model_max_length").GetInt32());
        Assert.Equal(legacy ?? true, config.RootElement.GetProperty("legacy").GetBoolean());
        var tokenizer = TokenizerFolder.Load(output.Path);
        Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode("hello</s>a")));
    }

    [Fact]
    public void A_model_that_cannot_be_converted_leaves_nothing_behind()
    {
        using var source = new TemporaryFolder();
        using var output = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(source.Path, "tokenizer.model"), new SentencePieceFile { ModelType = 1 }.AddTinyPieces().Write());
        Assert.Throws<ArtifactException>(() => SentencePieceConverter.Convert(source.Path, output.Path));
        Assert.Empty(Directory.GetFiles(output.Path));
    }

    [Fact]
    public void A_file_where_the_output_folder_should_be_is_refused_and_kept()
    {
        using var source = TinyModel();
        var output = Path.Combine(source.Path, "output");
        File.WriteAllText(output, "kept");
        Assert.Contains("a file stands where the output folder should be", Assert.Throws<ConfigurationException>(() => SentencePieceConverter.Convert(source.Path, output)).Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(output));
    }

    [Fact]
    public void An_unreadable_config_is_named()
    {
        using var folder = TinyModel();
        folder.Write("tokenizer_config.json", "{oops");
        Assert.Contains("tokenizer_config.json", Assert.Throws<ArtifactException>(() => TokenizerFolder.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder TinyModel()
    {
        var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.model"), SentencePieceFile.Tiny().Write());
        return folder;
    }
}
