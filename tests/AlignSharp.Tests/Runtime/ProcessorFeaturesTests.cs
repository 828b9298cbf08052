using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class ProcessorFeaturesTests
{
    [Theory]
    [InlineData("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16\n", true, false, false)]
    [InlineData("flags\t\t: fpu amx_bf16 avx512_bf16 amx_tile\n", true, true, false)]
    [InlineData("Features\t: fp asimd bf16 i8mm\n", false, false, true)]
    [InlineData("flags\t\t: fpu avx512f\n", false, false, false)]
    [InlineData("", false, false, false)]
    public void Flags_are_read_as_whole_words(string text, bool avx512, bool amx, bool arm)
    {
        var features = ProcessorFeatures.Parse(text);
        Assert.Equal((avx512, amx, arm), (features.HasAvx512Bf16, features.HasAmxBf16, features.HasArmBf16));
        Assert.Equal(avx512 || amx || arm, features.MultipliesBfloat16);
    }

    [Fact]
    public void The_vector_width_is_one_that_exists() => Assert.True(ProcessorFeatures.OfThisMachine.VectorBits is 0 or 128 or 256 or 512);
}
