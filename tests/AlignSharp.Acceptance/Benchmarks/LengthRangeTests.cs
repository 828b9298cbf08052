using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Acceptance.Benchmarks;

public class LengthRangeTests
{
    [Theory]
    [InlineData("128", 128, 128)]
    [InlineData("32:256", 32, 256)]
    [InlineData("7:7", 7, 7)]
    public void Lengths_are_one_number_or_two(string text, int shortest, int longest) =>
        Assert.Equal(new LengthRange(shortest, longest), LengthRange.Parse("prompt", text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("9:3")]
    [InlineData("1:2:3")]
    [InlineData("a:b")]
    [InlineData("4:")]
    public void Anything_else_is_refused_with_the_name_of_the_option(string text)
    {
        var fault = Assert.Throws<ConfigurationException>(() => LengthRange.Parse("prompt", text));
        Assert.StartsWith($"option --prompt: {text} is no length", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_prints_as_it_is_read()
    {
        Assert.Equal("32:256", new LengthRange(32, 256).ToString());
        Assert.Equal("128", new LengthRange(128, 128).ToString());
    }
}
