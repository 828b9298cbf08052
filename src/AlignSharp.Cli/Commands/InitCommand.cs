using System.CommandLine;
using System.Globalization;
using AlignSharp.Recipes;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align init</c>: a new model to train.</summary>
internal sealed class InitCommand
{
    private readonly Option<string> _output;
    private readonly Option<string[]> _text;
    private readonly Option<string?> _shape, _vocabSize, _hiddenSize, _layers, _heads, _kvHeads, _intermediateSize, _maxPositions, _dtype, _seed;
    private readonly Option<bool> _tie, _json;

    private InitCommand(Command command)
    {
        var options = new CommandOptions(command);
        _output = options.Required("output_dir", "DIR", "Folder to write; it must not exist, or be empty.");
        _text = options.Values("text", "FILE", "Text to train the tokenizer on: .txt, or .jsonl and .json rows, whose text fields are used; may be given several times [none: bytes].");
        _shape = options.Value("shape", "NAME", $"Sizes of a published model, with bfloat16 weights, where no option says otherwise: {string.Join(", ", NamedShapes.Names)}.");
        _vocabSize = options.Value("vocab_size", "N", "Most tokens of the vocabulary, the 256 bytes and 2 special tokens included [4096].");
        _hiddenSize = options.Value("hidden_size", "N", "Width of the hidden state [256].");
        _layers = options.Value("layers", "N", "Decoder layers [4].");
        _heads = options.Value("heads", "N", "Attention heads [4].");
        _kvHeads = options.Value("kv_heads", "N", "Key-value heads [as many as heads].");
        _intermediateSize = options.Value("intermediate_size", "N", "Width of the feed-forward layer [8/3 of hidden_size, a multiple of 32].");
        _maxPositions = options.Value("max_position_embeddings", "N", "Longest sequence that the model is made for [2048].");
        _tie = options.Switch("tie_word_embeddings", "Let the output head share the embedding's weights.");
        _dtype = options.Value("dtype", "TYPE", "Type of the weights: float32, bfloat16, float16 [float32; bfloat16 of a shape].");
        _seed = options.Value("seed", "N", "Seed of the weights [42].");
        _json = options.Switch("json", "A JSON object: output_dir, parameters, vocab_size, dtype.");
        command.SetAction((parsed, cancellation) =>
        {
            Run(parsed, cancellation);
            return Task.FromResult(ExitCodes.Done);
        });
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("init", "Make a new Llama with random weights and a tokenizer trained on your text.");
        _ = new InitCommand(command);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Options(parsed);
        var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var report = TorchThread.Run(() =>
        {
            LibTorch.Load();
            return InitRecipe.Run(options, notes.WriteLine, cancellation);
        });
        if (parsed.GetValue(_json)) JsonLines.Write(output, report);
        else output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.OutputDir}: a Llama of {report.Parameters:N0} parameters with {report.VocabSize} tokens, {report.Dtype}"));
    }

    private InitRunOptions Options(ParseResult parsed)
    {
        var output = parsed.GetRequiredValue(_output);
        var defaults = parsed.GetValue(_shape) is { } shape ? InitRunOptions.OfShape(output, shape) : new InitRunOptions { OutputDir = output };
        return defaults with
        {
            TextFiles = parsed.GetValue(_text) ?? [],
            VocabularySize = CommandOptions.Whole(parsed, _vocabSize) ?? defaults.VocabularySize,
            HiddenSize = CommandOptions.Whole(parsed, _hiddenSize) ?? defaults.HiddenSize,
            Layers = CommandOptions.Whole(parsed, _layers) ?? defaults.Layers,
            Heads = CommandOptions.Whole(parsed, _heads) ?? defaults.Heads,
            KeyValueHeads = CommandOptions.Whole(parsed, _kvHeads) ?? defaults.KeyValueHeads,
            IntermediateSize = CommandOptions.Whole(parsed, _intermediateSize) ?? defaults.IntermediateSize,
            MaxPositions = CommandOptions.Whole(parsed, _maxPositions) ?? defaults.MaxPositions,
            TieWordEmbeddings = parsed.GetValue(_tie) || defaults.TieWordEmbeddings,
            Dtype = CommandOptions.Choice(parsed, _dtype, ModelOptions.Dtypes) ?? defaults.Dtype,
            Seed = CommandOptions.Whole(parsed, _seed) ?? defaults.Seed,
        };
    }
}
