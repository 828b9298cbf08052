using Xunit;

namespace AlignSharp.Tests;

/// <summary>
/// Tests that need what the whole process has only once to themselves: libtorch's generator of random numbers (whoever compares bits after seeding it), the
/// slabs, the number of threads. They run one after the other, when all others are done.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class ProcessWide
{
    public const string Name = "process-wide";
}
