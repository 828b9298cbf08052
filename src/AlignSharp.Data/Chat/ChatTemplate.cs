using System.Text;
using System.Text.Json;
using AlignSharp.Data.Chat.Jinja;
using AlignSharp.Data.Chat.Jinja.Builtins;
using AlignSharp.Data.Chat.Jinja.Syntax;
using AlignSharp.Data.Chat.Jinja.Values;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Chat;

/// <summary>
/// A chat template: what makes one text of a conversation. It is the Jinja of Hugging Face transformers with Python's semantics
/// (Jinja2 3.1, trim_blocks, lstrip_blocks, loop controls, sandbox), interpreted here, without access to files, network or .NET.
/// A template is immutable: any number of threads can render it at once.
/// </summary>
public sealed class ChatTemplate
{
    private const int LongestCause = 400;
    private static readonly Scope GlobalScope = Globals.Scope();
    private readonly Body _body;
    private readonly KeyValuePair<string, object?>[] _constants;
    private readonly TemplateLimits _limits;

    private ChatTemplate(string name, string text, Body body, bool marksAssistant, KeyValuePair<string, object?>[] constants, TemplateLimits limits)
    {
        Name = name;
        Text = text;
        MarksAssistant = marksAssistant;
        _body = body;
        _constants = constants;
        _limits = limits;
    }

    /// <summary>What messages call the template: its file, or the name it was given.</summary>
    public string Name { get; }

    /// <summary>The template itself.</summary>
    public string Text { get; }

    /// <summary>Whether the template has <c>{% generation %}</c> blocks, so that renders tell what the assistant says.</summary>
    public bool MarksAssistant { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="specialTokens">Texts of tokens by the names that templates use, such as <c>bos_token</c>; null for none.</param>
    /// <param name="limits">What a render may use; null for the defaults.</param>
    /// <exception cref="ArtifactException">The text is no template, or uses what does not exist; the message names template, line and cause.</exception>
    public static ChatTemplate Parse(string text, string name, IReadOnlyDictionary<string, string>? specialTokens = null, TemplateLimits? limits = null)
        => Parse(text, name, [.. (specialTokens ?? new Dictionary<string, string>()).Select(token => KeyValuePair.Create<string, object?>(token.Key, token.Value))], limits);

    /// <summary>
    /// Loads the template of a tokenizer folder: chat_template.jinja, else <c>chat_template</c> in tokenizer_config.json (a text or a list
    /// of named ones), else chat_template.json. The special tokens of special_tokens_map.json and tokenizer_config.json become
    /// variables (<c>bos_token</c>, <c>eos_token</c> and whatever else ends with <c>_token</c>).
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="template">Which template, where there are several; others than "default" may also stand in additional_chat_templates.</param>
    /// <param name="limits">What a render may use; null for the defaults.</param>
    /// <exception cref="ArtifactException">There is no such template, or it is bad; the message names file, line and cause.</exception>
    public static ChatTemplate Load(string folder, string template = "default", TemplateLimits? limits = null)
        => TryLoad(folder, template, limits) ?? throw new ArtifactException(
            $"{folder}: holds no chat template; put a chat_template.jinja beside the tokenizer, or train on rows of plain text");

    /// <summary>As <see cref="Load"/>, but null where the folder holds no template at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="template">Which template, where there are several.</param>
    /// <param name="limits">What a render may use; null for the defaults.</param>
    /// <exception cref="ArtifactException">There are templates but not this one, or it is bad.</exception>
    public static ChatTemplate? TryLoad(string folder, string template = "default", TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(template);
        return TryLoad(folder, name => TokenizerFolder.Read(folder, name), template, limits);
    }

    /// <summary>Loads a template from a file of any name, with the special tokens of a tokenizer folder.</summary>
    /// <param name="file">The file, UTF-8.</param>
    /// <param name="folder">The tokenizer folder.</param>
    /// <param name="limits">What a render may use; null for the defaults.</param>
    /// <exception cref="ArtifactException">The file is missing or no template; the message names file, line and cause.</exception>
    public static ChatTemplate LoadFile(string file, string folder, TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(folder);
        var (text, constants) = TemplateFiles.ReadFile(file, folder);
        return Parse(text, file, constants, limits);
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the header of an answer to come.</param>
    /// <exception cref="DatasetException">The template refuses the conversation, or the conversation lacks what the template reads.</exception>
    /// <exception cref="ArtifactException">The template does what it must not, or a limit was reached.</exception>
    public RenderedChat Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = false)
        => Render(messages, new ChatRenderOptions { AddGenerationPrompt = addGenerationPrompt });

    /// <summary>Renders a conversation with tools, documents or variables.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="options">What the template sees beside them.</param>
    /// <exception cref="DatasetException">The template refuses the conversation, or the conversation lacks what the template reads.</exception>
    /// <exception cref="ArtifactException">The template does what it must not, or a limit was reached.</exception>
    public RenderedChat Render(IReadOnlyList<ChatMessage> messages, ChatRenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        var variables = new List<KeyValuePair<string, object?>>
        {
            new("tools", options.Tools is { } tools ? ReadList(tools, "the list of tools") : null),
            new("documents", options.Documents is { } documents ? ReadList(documents, "the list of documents") : null),
            new("add_generation_prompt", options.AddGenerationPrompt),
        };
        foreach (var (name, value) in options.Variables ?? new Dictionary<string, JsonElement>())
            variables.Add(new(name, ChatMessage.Read(value, $"the variable {name}")));
        return Render([.. messages.Select(message => message.Value)], variables, options.Clock);
    }

    /// <summary>As <see cref="TryLoad(string, string, TemplateLimits?)"/>, over files from anywhere: their bytes by name, or null.</summary>
    internal static ChatTemplate? TryLoad(string folder, Func<string, byte[]?> read, string template = "default", TemplateLimits? limits = null)
        => TemplateFiles.Find(folder, template, read) is { } found ? Parse(found.Text, found.Name, found.Constants, limits) : null;

    /// <summary>Renders with exactly these variables beside the messages and the special tokens.</summary>
    internal RenderedChat Render(object?[] messages, IEnumerable<KeyValuePair<string, object?>> variables, TimeProvider clock)
    {
        var rendering = new Rendering(_limits, clock);
        try
        {
            // Templates set names of their own above the variables, whose scope stays as it is.
            var scope = new Scope(GlobalScope);
            foreach (var (name, value) in _constants) scope.Set(name, value);
            scope.Set("messages", new ListValue(messages));
            foreach (var (name, value) in variables) scope.Set(name, value);
            _body.Execute(new Scope(scope), rendering);
            return new RenderedChat(rendering.Text, rendering.LostSpan ? null : rendering.Spans);
        }
        catch (JinjaFault fault)
        {
            if (fault.Line == 0) fault.Line = rendering.Line;
            throw Explain(fault, Name);
        }
    }

    /// <summary>Data sets hold such lists as text too, because the columns of their files have one type.</summary>
    private static object? ReadList(JsonElement json, string what)
    {
        if (json.ValueKind != JsonValueKind.String) return ChatMessage.Read(json, what);
        var text = (string)ChatMessage.Read(json, what)!;
        try
        {
            using var document = StrictJson.Parse(Encoding.UTF8.GetBytes(text));
            return ChatMessage.Read(document.RootElement, what);
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{what} is a text that is not JSON: {StrictJson.OneLine(error)}; expected an array", error);
        }
    }

    private static ChatTemplate Parse(string text, string name, KeyValuePair<string, object?>[] constants, TemplateLimits? limits)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            var (body, marksAssistant) = StatementParser.Parse(text);
            return new ChatTemplate(name, text, body, marksAssistant, constants, limits ?? new TemplateLimits());
        }
        catch (JinjaFault fault)
        {
            throw Explain(fault, name);
        }
    }

    private static AlignSharpException Explain(JinjaFault fault, string name)
    {
        var cause = fault.Message.ReplaceLineEndings(" ");
        if (cause.Length > LongestCause) cause = cause[..LongestCause] + "...";
        var where = $"{name}, line {fault.Line}";
        return fault.Kind switch
        {
            JinjaFaultKind.Raised => new DatasetException($"{where}: the template refuses the conversation: {cause}", fault),
            JinjaFaultKind.Undefined or JinjaFaultKind.Type or JinjaFaultKind.Value => new DatasetException($"{where}: the conversation does not fit the template: {cause}", fault),
            JinjaFaultKind.Limit => new ArtifactException($"{where}: the template needs more than a render may use: {cause}", fault),
            JinjaFaultKind.Security => new ArtifactException($"{where}: the template does what the sandbox forbids: {cause}", fault),
            _ => new ArtifactException($"{where}: the template is not valid: {cause}", fault),
        };
    }
}
