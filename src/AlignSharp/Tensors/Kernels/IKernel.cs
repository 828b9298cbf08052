namespace AlignSharp.Tensors.Kernels;

/// <summary>Work on items (most often rows of a tensor) that do not depend on one another, for any vector width and element type.</summary>
internal interface IKernel
{
    /// <summary>Does some of the items.</summary>
    /// <typeparam name="TV">Vector of float32 lanes.</typeparam>
    /// <typeparam name="TLanes">Operations on it.</typeparam>
    /// <typeparam name="TElement">How the activations are stored.</typeparam>
    /// <param name="first">First item.</param>
    /// <param name="end">One behind the last item.</param>
    void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement;
}
