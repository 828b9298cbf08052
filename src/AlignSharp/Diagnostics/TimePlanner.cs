using AlignSharp.Models;

namespace AlignSharp.Diagnostics;

/// <summary>Adds a step up from the speeds of its parts.</summary>
/// <param name="shape">What is trained.</param>
/// <param name="speed">What this machine takes.</param>
public sealed class TimePlanner(TrainingShape shape, StepSpeed speed)
{
    private int Layers => shape.Model.Layers;

    // A frozen last projection is left out of what is done twice.
    private double ShareComputedAgain
    {
        get
        {
            var layer = shape.Weights.Where(weight => weight.Kind == WeightKind.Projection && weight.Name.StartsWith("model.layers.0.", StringComparison.Ordinal)).ToArray();
            var frozen = layer.Where(weight => weight.Name.EndsWith("down_proj.weight", StringComparison.Ordinal) && shape.Adapter is not null && shape.RankOf(weight) == 0).Sum(weight => weight.Elements);
            return 1 - frozen / (double)layer.Sum(weight => weight.Elements);
        }
    }

    /// <summary>The plan of a run.</summary>
    /// <param name="epoch">All rows of an epoch.</param>
    /// <param name="updatesPerEpoch">Updates of an epoch.</param>
    /// <param name="steps">Updates of the run.</param>
    /// <param name="hasReference">Whether a reference's log-probabilities are computed, now or before training.</param>
    /// <param name="recomputes">Whether activations are computed again.</param>
    public TimePlan Plan(EpochSize epoch, int updatesPerEpoch, int steps, bool hasReference, bool recomputes)
    {
        var forward = Layers * (epoch.Tokens * speed.LayerForward + epoch.Attended * speed.AttentionForward);
        var backward = Layers * (epoch.Tokens * speed.LayerBackward + epoch.Attended * speed.AttentionBackward);
        var again = recomputes ? forward * (Layers - 1) / Layers * ShareComputedAgain : 0;
        var trained = shape.TrainedElements;
        // A run that ends within its first epoch asks for the rows that it sees.
        var seen = Math.Min(1, steps / (double)updatesPerEpoch);
        return new TimePlan
        {
            Steps = steps,
            StepSeconds = (forward + backward + again + epoch.Scored * speed.HeadTraining) / updatesPerEpoch + trained * speed.Update,
            ReferenceSeconds = hasReference ? seen * (forward + epoch.Scored * speed.HeadForward) : 0,
        };
    }
}
