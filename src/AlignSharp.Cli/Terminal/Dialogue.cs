using AlignSharp.Data.Faults;
using AlignSharp.Generation;
using AlignSharp.Recipes;

namespace AlignSharp.Cli.Terminal;

/// <summary>Reads lines, gives them to a chat or obeys them, and shows the answers while they come.</summary>
/// <param name="session">The chat; not disposed.</param>
/// <param name="input">Where lines come from.</param>
/// <param name="output">Where answers go, and nothing else.</param>
/// <param name="error">Where prompts, notes and refusals go.</param>
/// <param name="isTerminal">Whether somebody types, so that prompts are shown.</param>
internal sealed class Dialogue(ChatSession session, TextReader input, TextWriter output, TextWriter error, bool isTerminal)
{
    private bool _compares;

    /// <summary>Talks until /exit or the end of input.</summary>
    /// <param name="cancellation">Ends the wait for a line, or an answer.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Run(CancellationToken cancellation)
    {
        if (isTerminal) error.WriteLine("A line is a turn. /help lists the commands; /exit or the end of input ends.");
        while (NextLine(cancellation) is { } line && line != "/exit")
        {
            if (line.Length == 0) continue;
            if (line[0] == '/') Obey(line);
            else Turn(line, cancellation);
        }
    }

    // A read cannot be cancelled, but it can be left behind.
    private string? NextLine(CancellationToken cancellation)
    {
        if (isTerminal)
        {
            error.Write("> ");
            error.Flush();
        }
        var read = Task.Run(input.ReadLine, CancellationToken.None);
        Task.WaitAny([read], cancellation);
        return read.GetAwaiter().GetResult()?.Trim();
    }

    private void Obey(string line)
    {
        var (word, rest) = line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? (line[..end], line[end..].Trim()) : (line, "");
        error.WriteLine(word switch
        {
            "/system" => SetSystem(rest),
            "/reset" when rest.Length == 0 => Reset(),
            "/compare" when rest.Length == 0 => Compare(),
            "/help" => "/system TEXT sets the system message (without TEXT: none), /reset forgets what was said, /compare shows the base's answer beside the adapter's, /exit ends",
            "/reset" or "/compare" or "/exit" => $"{word} takes no text",
            _ => $"{word} is no command; /help lists them",
        });
    }

    private string SetSystem(string text)
    {
        session.System = text;
        return text.Length > 0 ? "system message set; /reset forgets what was said before" : "no system message";
    }

    private string Reset()
    {
        session.Reset();
        return "a new conversation";
    }

    private string Compare()
    {
        if (!session.HasAdapter) return "/compare needs an adapter; this model has none";
        _compares = !_compares;
        return _compares ? "each answer is given by the base and by the adapter; the conversation goes on with the adapter's" : "answers are the adapter's alone";
    }

    private void Turn(string line, CancellationToken cancellation)
    {
        try
        {
            if (_compares) Show("base: ", part => session.AskBase(line, part, cancellation));
            Show(_compares ? "tuned: " : "", part => session.Ask(line, part, cancellation));
        }
        catch (DatasetException refusal)
        {
            error.WriteLine($"{refusal.Message.ReplaceLineEndings(" ")}; this turn is left out, /reset begins a new conversation");
        }
    }

    private void Show(string label, Func<Action<string>, ChatAnswer> ask)
    {
        // A turn that is refused has no label.
        var pending = label;
        void Write(string part)
        {
            output.Write(pending + part);
            output.Flush();
            pending = "";
        }

        var answer = ask(Write);
        Write(output.NewLine);
        if (answer.FinishReason != FinishReason.Length) return;
        error.WriteLine(answer.Tokens == session.MaxNewTokens
            ? $"the answer was cut at max_new_tokens ({session.MaxNewTokens})"
            : $"the answer was cut where the model's context of {session.MaxPositions} tokens ends; /reset begins a new conversation");
    }
}
