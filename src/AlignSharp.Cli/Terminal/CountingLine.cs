using System.Diagnostics;
using System.Globalization;

namespace AlignSharp.Cli.Terminal;

/// <summary>A line on a terminal that counts and is drawn over; nothing elsewhere.</summary>
/// <param name="error">Standard error.</param>
/// <param name="what">What is counted.</param>
internal sealed class CountingLine(TextWriter error, string what)
{
    private const string EraseLine = "\r\u001b[2K";
    private readonly bool _isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    private readonly Stopwatch _clock = Stopwatch.StartNew(); // since the first count that is shown
    private bool _isShown;

    /// <summary>Shows a count.</summary>
    public void Show(long count)
    {
        if (_isTerminal) Draw("", count);
    }

    /// <summary>Shows a count of something that is said first; nothing said takes the line away.</summary>
    public void Show(string? doing, long count)
    {
        if (doing is null) Clear();
        else if (_isTerminal) Draw($"{doing}: ", count);
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_isShown) error.Write(EraseLine);
        _isShown = false;
    }

    private void Draw(string doing, long count)
    {
        if (!_isShown) _clock.Restart();
        _isShown = true;
        error.Write(string.Create(CultureInfo.InvariantCulture, $"{EraseLine}{doing}{count:N0} {what}, {count / Math.Max(0.001, _clock.Elapsed.TotalSeconds):N0} a second"));
    }
}
