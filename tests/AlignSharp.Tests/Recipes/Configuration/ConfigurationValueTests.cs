using AlignSharp.Recipes.Configuration;
using Xunit;

namespace AlignSharp.Tests.Recipes.Configuration;

public class ConfigurationValueTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("-1", -1)]
    [InlineData("+2", 2)]
    [InlineData("0.1", 0.1)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("5.0e-4", 5.0e-4)]
    [InlineData("1e-4", 1e-4)]
    [InlineData("1E+3", 1000)]
    [InlineData("010", 10)]
    public void Decimal_numbers_are_numbers(string text, double expected) => Assert.Equal(expected, ConfigurationValue.Plain(text).AsNumber());

    [Theory]
    [InlineData("1e")]
    [InlineData("e5")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("NaN")]
    [InlineData(".inf")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData("2024-01-01")]
    [InlineData("y")]
    [InlineData("tRUE")]
    [InlineData("None")]
    [InlineData("１")]
    public void Everything_else_is_text(string text) => Assert.Equal(ValueShape.Text, ConfigurationValue.Plain(text).Shape);

    [Theory]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("ON", true)]
    [InlineData("False", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    public void Boolean_words_are_booleans(string text, bool expected) => Assert.Equal(expected, ConfigurationValue.Plain(text).AsBoolean());

    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("NULL")]
    public void Null_is_null(string text) => Assert.Equal(ValueShape.Null, ConfigurationValue.Plain(text).Shape);

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    public void Numbers_beyond_double_are_no_numbers(string text) => Assert.Null(ConfigurationValue.Plain(text).AsNumber());

    [Theory]
    [InlineData("2147483648")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    public void Whole_numbers_have_no_point_and_fit_32_bits(string text) => Assert.Null(ConfigurationValue.Plain(text).AsInteger());

    [Fact]
    public void Quoted_scalars_are_text_whatever_they_look_like()
    {
        foreach (var text in new[] { "1", "true", "null", "" }) Assert.Equal(ValueShape.Text, ConfigurationValue.Quoted(text).Shape);
    }

    [Fact]
    public void Values_that_mean_the_same_are_told_by_value()
    {
        Assert.True(ConfigurationValue.Plain("1e-3").Means(ConfigurationValue.Plain("0.001")));
        Assert.True(ConfigurationValue.Plain("yes").Means(ConfigurationValue.Plain("True")));
        Assert.False(ConfigurationValue.Plain("1").Means(ConfigurationValue.Quoted("1")));
    }
}
