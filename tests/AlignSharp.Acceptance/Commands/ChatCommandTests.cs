using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Models;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Commands;

public sealed class ChatCommandTests : IDisposable
{
    private const string Template =
        "{{ bos_token }}{% for m in messages %}{% if m.content == 'refuse' %}{{ raise_exception('not that') }}{% endif %}{{ m.role[0] }}:{{ m.content }}|{% endfor %}{% if add_generation_prompt %}a:{% endif %}";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ChatCommandTests()
    {
        _model = TextModel.Create(_folder.Path);
        File.WriteAllText(Path.Combine(_model, "chat_template.jinja"), Template);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_answer_is_the_completion_of_the_rendered_conversation_without_further_special_tokens()
    {
        var first = Completion("<s>u:Hello|a:");
        var second = Completion($"<s>u:Hello|a:{first}|u:you|a:");
        Assert.Equal($"{first}\n{second}\n", Chat("Hello\nyou\n").Output);
        Assert.Equal(first + "\n", Chat("\n Hello \n/exit\nyou\n").Output);
    }

    [Fact]
    public void A_system_message_stands_in_front()
    {
        var expected = Completion("<s>s:all|u:Hello|a:") + "\n";
        Assert.Equal(expected, Chat("Hello", "--system", "all").Output);
        Assert.Equal(expected, Chat("/system all\nHello").Output);
        Assert.Equal(Completion("<s>u:Hello|a:") + "\n", Chat("/system\nHello", "--system", "all").Output);
    }

    [Fact]
    public void A_reset_forgets_what_was_said()
    {
        var alone = Chat("Hello", "--system", "me").Output;
        Assert.Equal(alone + alone, Chat("Hello\n/reset\nHello", "--system", "me").Output);
    }

    [Fact]
    public void The_same_seed_gives_the_same_answers()
    {
        string Draw(string seed) => CommandRun.WithInput("Hello\n/reset\nHello", "chat", "--model", _model, "--max_new_tokens", "8", "--dtype", "float32", "--seed", seed).Output;
        Assert.Equal(Draw("1"), Draw("1"));
        Assert.NotEqual(Draw("1"), Draw("2"));
    }

    [Fact]
    public void Compare_gives_the_answers_of_base_and_adapter_and_the_conversation_goes_on_with_the_latter()
    {
        var adapter = Adapter();
        var (without, with) = (Completion("<s>u:Hello|a:"), Completion("<s>u:Hello|a:", "--adapter", adapter));
        Assert.NotEqual(without, with);
        var next = Completion($"<s>u:Hello|a:{with}|u:me|a:", "--adapter", adapter);
        var run = Chat("/compare\nHello\n/compare\nme\n", "--adapter", adapter);
        Assert.Equal($"base: {without}\ntuned: {with}\n{next}\n", run.Output);
        Assert.Contains("each answer is given by the base and by the adapter", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/compare", "/compare needs an adapter; this model has none")]
    [InlineData("/resett", "/resett is no command; /help lists them")]
    [InlineData("/reset now", "/reset takes no text")]
    [InlineData("/help", "/system TEXT sets the system message")]
    [InlineData("refuse", "the template refuses the conversation: not that; this turn is left out, /reset begins a new conversation")]
    public void What_cannot_be_done_is_one_line_and_the_chat_goes_on(string line, string words)
    {
        var run = Chat(line + "\nHello");
        Assert.Equal(0, run.Code);
        Assert.Equal(Chat("Hello").Output, run.Output);
        Assert.Contains(words, run.Error.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_turn_that_does_not_fit_is_refused_whole()
    {
        var run = Chat(new string('?', 100) + "\nHello");
        Assert.Equal(Chat("Hello").Output, run.Output);
        Assert.Contains("but the model's context of 64 (max_position_embeddings) must hold it and the answer; this turn is left out", run.Error.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_is_cut_says_where()
    {
        Assert.Equal("the answer was cut at max_new_tokens (4)\n", Chat("Hello").Error);
        var line = new string('?', 64 - TextModel.Tokenizer.Encode("<s>u:|a:", addSpecialTokens: false).Length - 2);
        Assert.Equal("the answer was cut where the model's context of 64 tokens ends; /reset begins a new conversation\n", Chat(line).Error);
    }

    [Fact]
    public void Prompts_are_shown_to_those_who_type()
    {
        var run = CommandRun.Of(["chat", "--model", _model, "--temperature", "0", "--max_new_tokens", "4", "--dtype", "float32"], TestContext.Current.CancellationToken, new StringReader("Hello"), isTerminal: true);
        Assert.Equal(Chat("Hello").Output, run.Output);
        Assert.Contains("\n> ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_may_come_from_a_file()
    {
        var file = _folder.Write("other.jinja", "{{ bos_token }}{{ messages[-1].content }}!");
        Assert.Equal(Completion("<s>Hello!") + "\n", Chat("Hello", "--chat_template", file).Output);
        Chat("Hello", "--chat_template", "absent.jinja").AssertFault(2, "absent.jinja: the file with the chat template does not exist");
        Chat("Hello", "--chat_template", _folder.Write("bad.jinja", "{% if %}")).AssertFault(2, "bad.jinja, line 1");
    }

    [Fact]
    public void Without_a_template_it_says_what_to_do()
    {
        File.Delete(Path.Combine(_model, "chat_template.jinja"));
        Chat("Hello").AssertFault(2, "holds no chat template; add the model's chat_template.jinja there or give it with --chat_template, or use align generate");
    }

    [Fact]
    public void The_template_of_the_base_serves_an_adapter_with_a_tokenizer_of_its_own()
    {
        var adapter = Adapter();
        foreach (var file in new[] { "tokenizer.json", "tokenizer_config.json" }) File.Copy(Path.Combine(_model, file), Path.Combine(adapter, file));
        Assert.Equal(Completion("<s>u:Hello|a:", "--adapter", adapter) + "\n", Chat("Hello", "--adapter", adapter).Output);
    }

    [Theory]
    [InlineData("--temperature=-1", "temperature is -1; expected")]
    [InlineData("--max_new_tokens=0", "max_new_tokens is 0; expected")]
    [InlineData("--adapter=absent", "there is no folder 'absent'")]
    [InlineData("--sistem=x", "option --sistem is not known; did you mean --system?")]
    public void A_bad_option_is_one_line_and_code_2(string option, string words) => CommandRun.WithInput("Hello", "chat", "--model", _model, option).AssertFault(2, words);

    [Fact]
    public void An_interruption_is_code_75_also_while_a_line_is_waited_for()
    {
        using var interruption = new CancellationTokenSource();
        using var typed = new ManualResetEventSlim();
        var run = CommandRun.Of(["chat", "--model", _model], interruption.Token, new Hesitant(interruption, typed));
        Assert.False(typed.IsSet);
        typed.Set();
        run.AssertFault(75, "align: interrupted");
    }

    [Fact]
    public async Task It_runs_as_a_process()
    {
        var result = await AlignCommand.Run(["chat", "--model", _model, "--temperature=0", "--max-new-tokens=4", "--dtype=float32"], input: "Hello\n");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Chat("Hello").Output, result.Output.ReplaceLineEndings("\n"));
    }

    private CommandRun Chat(string input, params string[] more) =>
        CommandRun.WithInput(input, ["chat", "--model", _model, "--temperature", "0", "--max_new_tokens", "4", "--dtype", "float32", .. more]);

    private string Completion(string rendered, params string[] more)
    {
        var ids = TextModel.Tokenizer.Encode(rendered, addSpecialTokens: false);
        var file = _folder.Write("prompt.jsonl", $"{{\"prompt_ids\": [{string.Join(',', ids)}]}}");
        var run = CommandRun.Of(["generate", "--model", _model, "--prompts", file, "--temperature", "0", "--max_new_tokens", "4", "--dtype", "float32", "--json", .. more]);
        return Assert.Single(run.Lines).GetProperty("completion").GetString()!;
    }

    private string Adapter()
    {
        var config = ModelConfigReader.Read(_model);
        var adapter = new LoraAdapter(new LoraOptions { Rank = 2, Targets = new AllLinearTargets() });
        using var model = ModelFolder.Load(_model, config, ScalarType.Float32, CPU, adapter.Around);
        adapter.Initialize(seed: 3);
        using (no_grad())
            foreach (var weights in adapter.Weights) weights.B.fill_(0.3);
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "adapter")).FullName;
        AdapterFolder.Save(folder, adapter, _model, origin: null);
        return folder;
    }

    /// <summary>Somebody who presses Ctrl-C instead of typing.</summary>
    private sealed class Hesitant(CancellationTokenSource interruption, ManualResetEventSlim typed) : TextReader
    {
        public override string? ReadLine()
        {
            interruption.Cancel();
            typed.Wait(TimeSpan.FromMinutes(1));
            return "too late";
        }
    }
}
