using System.Runtime.CompilerServices;
using System.Text;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja;

/// <summary>What one render holds: its output, its position and what it has used of its limits. Never shared between renders.</summary>
internal sealed class Rendering(TemplateLimits limits, TimeProvider clock)
{
    /// <summary>Characters that a step reads.</summary>
    private const int ReadPerStep = 64;

    /// <summary>Characters that a step makes: fewer, because they stay in memory, which the number of steps so bounds too.</summary>
    private const int MadePerStep = 16;

    private readonly Stack<StringBuilder> _outer = [];
    private readonly List<AssistantSpan> _spans = [];
    private StringBuilder _output = new();
    private long _steps;
    private int _depth;

    public TimeProvider Clock => clock;

    /// <summary>Line of the template that runs, for messages.</summary>
    public int Line { get; set; }

    public string Text => _output.ToString();

    public IReadOnlyList<AssistantSpan> Spans => _spans;

    /// <summary>Whether a generation block stood in a text that was captured, so that its place in the output is not known.</summary>
    public bool LostSpan { get; private set; }

    public void Write(string text)
    {
        CheckLength((long)_output.Length + text.Length);
        _output.Append(text);
    }

    /// <summary>Counts work; loops, calls and statements are a step each.</summary>
    public void Spend(long steps = 1)
    {
        _steps += steps;
        if (_steps > limits.MaxSteps) throw JinjaFault.Limit($"more than {limits.MaxSteps} steps");
    }

    /// <summary>Counts the evaluation of an expression, and faults before expressions inside of expressions exhaust the stack.</summary>
    public void Step(long steps = 1)
    {
        Spend(steps);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw JinjaFault.Limit("expressions and calls nested deeper than the stack allows");
    }

    /// <summary>Counts a step, and more for a long text, which an operation reads from end to end.</summary>
    public void SpendOn(object? value) => Spend(1 + (value is string text ? text.Length / ReadPerStep : 0));

    /// <summary>Counts the comparison or hashing of a value: all of what it holds may be read.</summary>
    public void SpendOnAll(object? value) => Spend(value is string text ? text.Length / ReadPerStep : ContainerValue.WeightOf(value) / 4);

    /// <summary>A value as it is printed.</summary>
    public string Print(object? value)
    {
        if (value is string text) return text;
        if (value is Undefined) return "";
        return Quote(value);
    }

    /// <summary>A value as it stands inside a printed list.</summary>
    public string Quote(object? value) => Made(PythonText.Repr(value, limits.MaxOutputLength));

    /// <summary>Lets a text that an operation makes pass if it is not too long.</summary>
    public string Made(string text)
    {
        CheckLength(text.Length);
        Spend(text.Length / MadePerStep);
        return text;
    }

    /// <summary>Faults if a text of this length would be too long.</summary>
    public void CheckLength(long length)
    {
        if (length > limits.MaxOutputLength) throw JinjaFault.Limit($"a text of more than {limits.MaxOutputLength} characters");
    }

    /// <summary>Faults if a list or range of this many elements would be too long.</summary>
    public void CheckCount(long count)
    {
        if (count > limits.MaxRange) throw JinjaFault.Limit($"a range or repeated list of more than {limits.MaxRange} elements");
    }

    /// <summary>Goes one call deeper; every call has a <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++_depth > limits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw JinjaFault.Limit($"calls nested deeper than {Math.Min(_depth - 1, limits.MaxDepth)}");
    }

    public void Leave() => _depth--;

    /// <summary>From here on output goes to a text of its own, which <see cref="EndCapture"/> gives.</summary>
    public void BeginCapture()
    {
        _outer.Push(_output);
        _output = new StringBuilder();
    }

    public string EndCapture()
    {
        var text = _output.ToString();
        _output = _outer.Pop();
        Spend(text.Length / MadePerStep);
        return text;
    }

    /// <summary>Where the output stands, or null inside a captured text.</summary>
    public int? Position => _outer.Count == 0 ? _output.Length : null;

    /// <summary>Notes that the assistant's words stand from <paramref name="start"/> to the end of the output.</summary>
    public void AddSpan(int? start)
    {
        if (start is { } at) _spans.Add(new AssistantSpan(at, _output.Length));
        else LostSpan = true;
    }
}
