namespace AlignSharp.Tensors;

/// <summary>Time of one kernel.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Elapsed">From the start to the end of its calls.</param>
/// <param name="Busy">What its parts took, over all threads; what is missing to threads times <paramref name="Elapsed"/> was waiting.</param>
public sealed record KernelTime(string Kernel, int Calls, TimeSpan Elapsed, TimeSpan Busy);
