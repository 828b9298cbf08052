using AlignSharp.Cli.Terminal;
using AlignSharp.Tracking;
using Xunit;

namespace AlignSharp.Acceptance.Terminal;

public class RunViewTests
{
    [Fact]
    public void A_line_of_a_narrow_terminal_loses_its_figures_end_and_never_the_time_left()
    {
        const int width = 80;
        using var error = new StringWriter();
        var view = new RunView(error, isTerminal: true, width);
        view.Start(new RunStart("run", 900));
        view.Record(At(10));
        view.Record(At(20));
        var last = error.ToString().Split('\r')[^1];
        Assert.Contains("20/900, 0:", last, StringComparison.Ordinal);
        Assert.Contains(" left ", last, StringComparison.Ordinal);
        Assert.True(last.Replace("\u001b[2K", "", StringComparison.Ordinal).Length < width, last);
    }

    private static StepMetrics At(int step) => new()
    {
        Step = step,
        Epoch = 0,
        GradNorm = 0,
        LearningRate = 1e-6,
        NumTokens = 0,
        Batch = new BatchMetrics
        {
            Loss = 0.6931,
            Entropy = 0,
            MeanTokenAccuracy = 0,
            Preference = new PreferenceMetrics
            {
                RewardsChosen = 0,
                RewardsRejected = 0,
                RewardsAccuracies = 0,
                RewardsMargins = 0,
                LogpsChosen = 0,
                LogpsRejected = 0,
                LogitsChosen = 0,
                LogitsRejected = 0,
            },
        },
    };
}
