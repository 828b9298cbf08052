using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Generation;
using AlignSharp.Runtime;

namespace AlignSharp.Recipes;

/// <summary>
/// A conversation with a model: <c>align chat</c>. Each answer is drawn from the whole conversation, rendered by the chat template and
/// encoded as it stands, for the template writes the special tokens. Owns the model; used on the thread that opened it.
/// </summary>
public sealed class ChatSession : IDisposable
{
    private readonly Policy _policy;
    private readonly ITokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly SamplingOptions _sampling;
    private readonly IReadOnlyList<string> _stops;
    private readonly TextGenerator _generator;
    private readonly List<ChatMessage> _turns = [];
    private int _answers;

    private ChatSession(Policy policy, ITokenizer tokenizer, ChatTemplate template, SamplingOptions sampling, ChatRunOptions options)
    {
        (_policy, _tokenizer, _template, _sampling, _stops, System) = (policy, tokenizer, template, sampling, options.Stop, options.System);
        _generator = new TextGenerator(policy.Model, GenerateRecipe.EndIds(policy.Config, tokenizer, options.Stop)) { MaxPositions = MaxPositions };
    }

    /// <summary>The system message that stands in front of the conversation; null or empty for none.</summary>
    public string? System { get; set; }

    /// <summary>Whether there is an adapter, so that its base can be asked as well.</summary>
    public bool HasAdapter => _policy.Adapter is not null;

    /// <summary>Tokens that a conversation and its answer can have (<c>max_position_embeddings</c>).</summary>
    public int MaxPositions => _policy.Config.Shape.MaxPositions;

    /// <summary>Most tokens of an answer.</summary>
    public int MaxNewTokens => _sampling.MaxNewTokens;

    /// <summary>Loads the model. The options, the tokenizer and the template are checked first.</summary>
    /// <param name="options">Whom to talk to.</param>
    /// <param name="cancellation">Checked before the model is loaded.</param>
    /// <exception cref="AlignSharpException">A fault of configuration or files; without a chat template that is one.</exception>
    public static ChatSession Open(ChatRunOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var (baseFolder, adapterFolder) = PolicyLoader.Resolve(options.Model, options.Adapter);
        var tokenizerFolder = adapterFolder is not null && TokenizerFolder.Exists(adapterFolder) ? adapterFolder : baseFolder;
        var sampling = GenerateRecipe.Sampling(options, GenerationConfig.Read(baseFolder));
        var template = Template(options.ChatTemplate, tokenizerFolder, baseFolder);
        var tokenizer = TokenizerFolder.Load(tokenizerFolder);
        ComputeThreads.Configure(null);
        var device = ComputePlace.Device(options.Device);
        cancellation.ThrowIfCancellationRequested();
        return new ChatSession(PolicyLoader.Load(options.Model, options.Adapter, ComputePlace.Type(options.Dtype, device), device, fourBit: options.FourBit), tokenizer, template, sampling, options);
    }

    /// <summary>Forgets what was said; the system message stays.</summary>
    public void Reset() => _turns.Clear();

    /// <summary>Says something and draws the answer, which both become part of the conversation.</summary>
    /// <param name="text">What the user says.</param>
    /// <param name="part">Receives the answer's text as it becomes certain.</param>
    /// <param name="cancellation">Checked before each token.</param>
    /// <exception cref="DatasetException">The template refuses the conversation, or the model's positions have no room for an answer; the conversation is as before.</exception>
    public ChatAnswer Ask(string text, Action<string> part, CancellationToken cancellation = default)
    {
        var answer = Draw(text, part, cancellation);
        _turns.Add(new ChatMessage("user", text));
        _turns.Add(new ChatMessage("assistant", answer.Text));
        _answers++;
        return answer;
    }

    /// <summary>What the base below the adapter would answer, with the draws that <see cref="Ask"/> would use. The conversation does not change.</summary>
    /// <inheritdoc cref="Ask"/>
    /// <exception cref="InvalidOperationException">There is no adapter.</exception>
    public ChatAnswer AskBase(string text, Action<string> part, CancellationToken cancellation = default)
    {
        if (_policy.Adapter is null) throw new InvalidOperationException("The model has no adapter, so it is the base");
        using var off = _policy.Adapter.Switch(AdapterUse.Off);
        return Draw(text, part, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _policy.Dispose();

    private static ChatTemplate Template(string? file, string tokenizerFolder, string baseFolder) =>
        file is not null ? ChatTemplate.LoadFile(file, tokenizerFolder)
        // An adapter's folder may hold its tokenizer and leave the template to the base.
        : ChatTemplate.TryLoad(tokenizerFolder) ?? ChatTemplate.TryLoad(baseFolder) ?? throw new ConfigurationException(
            $"{tokenizerFolder}: holds no chat template; add the model's chat_template.jinja there or give it with --chat_template, or use align generate for plain prompts");

    private ChatAnswer Draw(string text, Action<string> part, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(part);
        var prompt = Prompt(text);
        var shown = new CompletionText(_tokenizer, prompt, _stops);
        var options = _sampling with { Seed = unchecked(_sampling.Seed + _answers) };
        var completion = _generator.Generate([prompt], options, Stops, cancellation)[0];
        Show(shown.Finish());
        return new ChatAnswer(shown.Text, completion.Ids.Count, completion.FinishReason);

        bool Stops(IReadOnlyList<int> soFar)
        {
            Show(shown.Push(soFar[^1]));
            return shown.IsStopped;
        }

        void Show(string certain)
        {
            if (certain.Length > 0) part(certain);
        }
    }

    private int[] Prompt(string text)
    {
        List<ChatMessage> messages = [.. string.IsNullOrEmpty(System) ? Array.Empty<ChatMessage>() : [new("system", System)], .. _turns, new("user", text)];
        var ids = _tokenizer.Encode(_template.Render(messages, addGenerationPrompt: true).Text, addSpecialTokens: false);
        if (ids.Length == 0) throw new DatasetException($"{_template.Name}: the template makes no token of the conversation");
        var vocabulary = _policy.Model.VocabularySize;
        if (Array.FindIndex(ids, id => id >= vocabulary) is var at and >= 0)
            throw new DatasetException($"the conversation has the token id {ids[at]}, but the model's vocabulary ends at {vocabulary - 1}; use the tokenizer of this model");
        if (ids.Length >= MaxPositions)
            throw new DatasetException($"the conversation would have {ids.Length} tokens, but the model's context of {MaxPositions} (max_position_embeddings) must hold it and the answer");
        return ids;
    }
}
