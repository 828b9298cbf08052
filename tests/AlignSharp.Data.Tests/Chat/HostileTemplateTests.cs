using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

/// <summary>Templates that once exhausted the stack, the memory or the patience: each now ends with a text or with a message.</summary>
public sealed class HostileTemplateTests
{
    private const string Reference = "{% set a = [-1.5e-300] * 100000 %}{% set b = [a] * 600 %}";

    // A tenth of the default, so that the tests take seconds.
    private static readonly TemplateLimits Small = new() { MaxSteps = 2_000_000 };

    public static TheoryData<string, string> Refused => new()
    {
        // The stack
        { "{% for " + Times("(", 20000) + "x" + Times(")", 20000) + " in x %}{% endfor %}", "expressions nested deeper than 100" },
        { "{% set " + Times("(", 20000) + "x" + Times(")", 20000) + " = 1 %}", "expressions nested deeper than 100" },
        { "{% set ns = namespace(x=['a']) %}{% for i in range(100000) %}{% set ns.x = ns.x | map('upper') %}{% endfor %}{{ ns.x | list }}", "iterators nested deeper than 100" },
        { "{{ ['a']" + Times("|map('upper')", 1900) + "|list }}", "iterators nested deeper than 100" },
        { "{% macro f(n) %}{{ f(n)" + Times("|trim", 1900) + " }}{% endmacro %}{{ f(1) }}", "nested deeper than" },
        // Memory
        { Reference + "{{ b }}", "a text of more than" },
        { Reference + "{{ b | tojson }}", "a text of more than" },
        { "{{ 'ab'.ljust(100000, 'y' * 1000000) }}", "The fill character must be exactly one character long" },
        { "{{ strftime_now('%c' * 4000000) }}", "a text of more than" },
        { "{% set ns = namespace(x=[1]) %}{% for i in range(26) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "more than 2000000 steps" },
        { string.Concat(Enumerable.Range(0, 500).Select(i => $"{{% set a{i} = 'x' * 1000000 %}}")), "more than 2000000 steps" },
        // Time
        { "{% for i in range(100000) %}{% set y = ''" + Times("~''", 9000) + " %}{% endfor %}", "more than 2000000 steps" },
        { "{% for i in range(100000) %}{{ [" + Times("a,", 9000) + "a] | length }}{% endfor %}", "a text of more than|more than 2000000 steps" },
        { "{% set a = range(100000) | list %}{% set b = range(100000) | list %}{% for i in range(100000) %}{{ loop.changed(a if i % 2 else b) }}{% endfor %}", "more than 2000000 steps" },
        { "{% set b = [range(90000) | list] * 600 %}{% set d = [range(90000) | list] * 600 %}{% for i in range(1000) %}{{ [b].index(d) }}{% endfor %}", "more than 2000000 steps" },
        { "{% set ns = namespace(t=(1, 2)) %}{% for i in range(20) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{% for i in range(100000) %}{{ {1: 2}.get(ns.t) }}{% endfor %}", "more than 2000000 steps" },
        { "{% set x = 2 ** 32000 %}{% for i in range(100000) %}{% for j in range(1000) %}{% set y = x // 3 %}{% endfor %}{% endfor %}", "more than 2000000 steps" },
        { "{% set a = '\\n' * 1000000 %}{% for i in range(10000) %}{% set b = a.splitlines() %}{% endfor %}", "more than 2000000 steps" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void A_template_that_means_harm_ends_with_a_message(string template, string causes)
    {
        var fault = OnSmallStack(() => Assert.ThrowsAny<AlignSharpException>(() => ChatTemplate.Parse(template, "t", limits: Small).Render([])));
        Assert.Contains(causes.Split('|'), cause => fault.Message.Contains(cause, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{{ 'abc' | truncate(2147483647) }}", "abc")]
    [InlineData("{{ 'ab'.ljust(-10000000000) ~ 'ab'.center(-2147483648) ~ '-1'.zfill(-2147483648) }}", "abab-1")]
    [InlineData("{{ 'abcdef'[1::9223372036854775807] ~ 'abcdef'[::-9223372036854775808] }}", "bf")]
    [InlineData("{{ [1, 2, 3][2::-9223372036854775807] }}", "[3]")]
    [InlineData("{{ range(0, -10, -4611686018427387904)[::4] | list }}", "[0]")]
    [InlineData("{{ range(10)[2:8:3] | list ~ range(10)[::-4] | list }}", "[2, 5][9, 5, 1]")]
    [InlineData("{% set a = 'ab' * 400000 %}{{ a.find('ab' * 100000 + 'c') ~ a.rfind('ab' * 300000) ~ a.count('ab' * 100) ~ ('ab' * 100 + 'c') in a }}", "False")]
    [InlineData("{% set a = 'ab' * 400 %}{{ a.find('ab' * 99 + 'c') }} {{ a.rfind('ab' * 300) }} {{ a.count('ab' * 100) }} {{ a.replace('ab' * 40, 'x') }} {{ a.split('ba' * 50) | length }} {{ a.rsplit('ba' * 50, 1)[1] | length }}", "-1 200 4 xxxxxxxxxx 8 1")]
    [InlineData("{{ ('a ' * 400000).split() | length }} {{ ' a  b '.split() }} {{ ' a  b '.rsplit(none, 1) }} {{ ' a  b '.split(none, 1) }} {{ 'aaa'.rsplit('aa') }}", "400000 ['a', 'b'] [' a', 'b'] ['a', 'b '] ['a', '']")]
    [InlineData("{{ 'a😀b' | reverse }}{{ '😀x😀'.strip('😀') }}{{ '😀' | first }}{{ 'straße é'.title() }}{{ 'aB'.swapcase() }}", "b😀ax😀Straße ÉAb")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(60) %}{% set ns.x = ns.x + range(i * 4294967297000, (i + 1) * 4294967297000, 4294967297) | list %}{% endfor %}{{ ns.x | unique | list | length }}", "60000")]
    [InlineData("{{ {1: 'a', 1.0: 'b', true: 'c'} }}{{ {2 ** 60: 1}[2.0 ** 60] }}{{ {2 ** 70: 1}[2.0 ** 70] }}", "{1: 'c'}11")]
    public void What_was_once_too_much_is_an_ordinary_text(string template, string expected)
        => Assert.Equal(expected, OnSmallStack(() => ChatTemplate.Parse(template, "t").Render([]).Text));

    [Fact]
    public void An_integer_with_more_digits_than_Python_reads_is_refused()
    {
        var json = System.Text.Json.JsonElement.Parse($$"""[{"role": "user", "content": "x", "n": {{Times("9", 5000)}}}]""");
        Assert.Equal("message 1: a message is too large for a template: a number of more than 4300 digits", Assert.Throws<DatasetException>(() => ChatMessage.ListFromJson(json)).Message);
    }

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    /// <summary>On a stack as small as a worker thread may have.</summary>
    private static T OnSmallStack<T>(Func<T> run)
    {
        var result = default(T);
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = run();
            }
            catch (Exception caught)
            {
                error = caught;
            }
        }, maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        return error is null ? result! : throw error;
    }
}
