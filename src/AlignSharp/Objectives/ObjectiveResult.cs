using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>What an objective says about each pair; float32 <c>[pairs]</c> each, borrowed from the step's scope.</summary>
/// <param name="Losses">Loss of each pair, with gradient.</param>
/// <param name="ChosenRewards">Implicit reward of the chosen completion, <c>beta · (policy − reference)</c>, no gradient.</param>
/// <param name="RejectedRewards">Implicit reward of the rejected completion, no gradient.</param>
public readonly record struct ObjectiveResult(Tensor Losses, Tensor ChosenRewards, Tensor RejectedRewards);
