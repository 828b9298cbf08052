using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

public sealed class TemplateFilesTests
{
    private const string Config = """{"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "add_bos_token": true, "pad_token": null, "chat_template": "config {{ bos_token }}{{ eos_token }}{{ pad_token is defined }}"}""";
    private const string Named = """{"chat_template": [{"name": "default", "template": "D"}, {"name": "rag", "template": "R"}]}""";

    [Fact]
    public void A_jinja_file_wins_and_knows_the_tokens()
    {
        using var folder = Folder(("tokenizer_config.json", Config), ("chat_template.jinja", "\uFEFFfile {{ bos_token }}\n"));
        Assert.Equal("file <s>", Render(folder));
    }

    [Fact]
    public void The_tokenizer_configuration_comes_next()
    {
        using var folder = Folder(("tokenizer_config.json", Config), ("chat_template.json", """{"chat_template": "old"}"""));
        Assert.Equal("config <s></s>False", Render(folder));
    }

    [Fact]
    public void The_old_file_comes_last_and_tokens_come_from_either_file()
    {
        using var folder = Folder(("tokenizer_config.json", """{"eos_token": "E"}"""), ("special_tokens_map.json", """{"eos_token": "no", "bos_token": "B"}"""), ("chat_template.json", """{"chat_template": "old {{ bos_token ~ eos_token }}"}"""));
        Assert.Equal("old BE", Render(folder));
    }

    [Fact]
    public void Named_templates_are_found_by_name()
    {
        using var folder = Folder(("tokenizer_config.json", Named));
        Assert.Equal("D", Render(folder));
        Assert.Equal("R", Render(folder, "rag"));
        var fault = Assert.Throws<ArtifactException>(() => ChatTemplate.Load(folder.Path, "tool_use"));
        Assert.Equal($"{Path.Combine(folder.Path, "tokenizer_config.json")}: chat_template: holds the templates \"default\", \"rag\", but no \"tool_use\"", fault.Message);
    }

    [Fact]
    public void Additional_files_hold_named_templates()
    {
        using var folder = Folder(("chat_template.jinja", "main"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "additional_chat_templates"));
        File.WriteAllText(Path.Combine(folder.Path, "additional_chat_templates", "rag.jinja"), "more");
        Assert.Equal("more", Render(folder, "rag"));
    }

    [Fact]
    public void A_folder_without_template_says_so()
    {
        using var folder = Folder(("tokenizer_config.json", """{"bos_token": "<s>"}"""));
        Assert.Null(ChatTemplate.TryLoad(folder.Path));
        Assert.Equal($"{folder.Path}: holds no chat template; put a chat_template.jinja beside the tokenizer, or train on rows of plain text",
            Assert.Throws<ArtifactException>(() => ChatTemplate.Load(folder.Path)).Message);
    }

    [Fact]
    public void A_bad_file_is_named_with_its_line()
    {
        using var folder = Folder(("chat_template.jinja", "a\n{% if x %}"));
        Assert.StartsWith($"{Path.Combine(folder.Path, "chat_template.jinja")}, line 2: the template is not valid: ", Assert.Throws<ArtifactException>(() => ChatTemplate.TryLoad(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static string Render(TemporaryFolder folder, string template = "default") => ChatTemplate.Load(folder.Path, template).Render([]).Text;

    private static TemporaryFolder Folder(params (string Name, string Text)[] files)
    {
        var folder = new TemporaryFolder();
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder.Path, name), text);
        return folder;
    }
}
