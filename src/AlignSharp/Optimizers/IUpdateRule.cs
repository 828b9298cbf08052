using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>What makes one optimizer another: the states that it keeps of a parameter, and what an update does with them. Holds nothing itself.</summary>
internal interface IUpdateRule
{
    /// <summary>The states of a parameter. They depend on nothing but its shape, so that they can be counted before there is a model.</summary>
    /// <param name="parameter">The parameter.</param>
    IReadOnlyList<StateLayout> States(ParameterShape parameter);

    /// <summary>Updates a parameter and its states in place.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient, not clipped yet; left as it is.</param>
    /// <param name="states">The states, in the order of <see cref="States"/>.</param>
    /// <param name="step">The update.</param>
    void Apply(Tensor parameter, Tensor gradient, IReadOnlyList<Tensor> states, UpdateStep step);
}
