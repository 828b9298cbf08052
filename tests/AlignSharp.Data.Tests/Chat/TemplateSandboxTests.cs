using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

/// <summary>A template that means harm, or loops by mistake, ends with a message.</summary>
public sealed class TemplateSandboxTests
{
    private static readonly TemplateLimits Small = new() { MaxSteps = 100_000, MaxDepth = 20, MaxOutputLength = 10_000, MaxRange = 1000 };

    [Theory]
    [InlineData("{% for a in range(900) %}{% for b in range(900) %}{% endfor %}{% endfor %}", "more than 100000 steps")]
    [InlineData("{% set ns = namespace(x='a') %}{% for a in range(900) %}{% for b in range(900) %}{% if ns.x == 'b' %}{% endif %}{% endfor %}{% endfor %}", "more than 100000 steps")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "calls nested deeper than 20")]
    [InlineData("{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}", "calls nested deeper than 20")]
    [InlineData("{% for x in range(900) %}0123456789abcdef{% endfor %}", "a text of more than 10000 characters")]
    [InlineData("{{ 'x' * 1000000000 }}", "a text of more than 10000 characters")]
    [InlineData("{% set x = 'x' * 9999 %}{% for i in range(999) %}{% if x != x ~ '' or x | length > x.count('y') and x[0] == 'y' %}{% endif %}{% endfor %}", "more than 100000 steps")]
    [InlineData("{{ 'x' * 10**30 }}", "a text of more than 10000 characters")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "a text of more than 10000 characters")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x | replace('a', 'aa') | replace('a', ns.x) %}{% endfor %}", "a text of more than 10000 characters")]
    [InlineData("{{ ('x' * 9000) | replace('', 'xx') }}", "a text of more than 10000 characters")]
    [InlineData("{{ ['x' * 9000, 'y' * 9000] | join }}", "a text of more than 10000 characters")]
    [InlineData("{{ 'x'.center(100000) }}", "a text of more than 10000 characters")]
    [InlineData("{{ '%99999d' % 1 }}", "a text of more than 10000 characters")]
    [InlineData("{{ ('%(a)s' * 900) % {'a': 'x' * 900} }}", "a text of more than 10000 characters")]
    [InlineData("{{ ('{0}' * 900).format('x' * 900) }}", "a text of more than 10000 characters")]
    [InlineData("{{ range(900) | list | tojson(indent=100) }}", "a text of more than 10000 characters")]
    [InlineData("{{ range(1001) | list }}", "a range or repeated list of more than 1000 elements")]
    [InlineData("{{ [1] * 1001 }}", "a range or repeated list of more than 1000 elements")]
    [InlineData("{{ range(-9223372036854775807, 9223372036854775807) }}", "a range or repeated list of more than 1000 elements")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(300) %}{% set ns.x = [ns.x] %}{% endfor %}", "lists or dictionaries nested deeper than 100")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}", "a list or dictionary that holds more than 67108864 characters")]
    [InlineData("{{ 10 ** (10 ** 10) }}", "a power of more than 65536 bits")]
    [InlineData("{% set ns = namespace(x=2) %}{% for i in range(60) %}{% set ns.x = ns.x * ns.x %}{% endfor %}", "an integer of more than 4096 bytes")]
    public void A_limit_ends_the_render(string template, string cause)
    {
        var fault = Assert.Throws<ArtifactException>(() => ChatTemplate.Parse(template, "t", limits: Small).Render([]));
        Assert.Equal($"t, line 1: the template needs more than a render may use: {cause}", fault.Message);
    }

    [Theory]
    [InlineData("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe.")]
    [InlineData("{{ messages['__init__'].x }}", "access to attribute '__init__' of 'list' object is unsafe.")]
    [InlineData("{{ (messages | attr('__len__'))() }}", "access to attribute '__len__' of 'list' object is unsafe.")]
    [InlineData("{{ messages | map(attribute='content.__class__.x') | list }}", "access to attribute '__class__' of 'str' object is unsafe.")]
    [InlineData("{{ messages.append(1) }}", "access to attribute 'append' of 'list' object is unsafe.")]
    [InlineData("{{ messages[0].update(x=1) }}", "access to attribute 'update' of 'dict' object is unsafe.")]
    public void What_Python_forbids_is_forbidden(string template, string cause)
    {
        var fault = Assert.Throws<ArtifactException>(() => ChatTemplate.Parse(template, "t").Render([new ChatMessage("user", "x")]));
        Assert.Equal($"t, line 1: the template does what the sandbox forbids: {cause}", fault.Message);
    }

    [Theory]
    [InlineData("(", 500, ")")]
    [InlineData("[", 500, "]")]
    [InlineData("not ", 500, "")]
    [InlineData("-", 500, "")]
    [InlineData("1 + ", 100_000, "")]
    [InlineData("x if x else ", 500, "")]
    public void Deep_expressions_are_refused_before_they_run(string open, int count, string close)
    {
        var template = "{{ " + string.Concat(Enumerable.Repeat(open, count)) + "1" + string.Concat(Enumerable.Repeat(close, count)) + " }}";
        Assert.Throws<ArtifactException>(() => ChatTemplate.Parse(template, "t"));
    }

    [Theory]
    [InlineData(".x")]
    [InlineData("|upper")]
    [InlineData("[0]")]
    [InlineData("()")]
    [InlineData(" if x")]
    public void Long_chains_are_refused_before_they_run(string link)
        => Assert.Throws<ArtifactException>(() => ChatTemplate.Parse("{{ x" + string.Concat(Enumerable.Repeat(link, 100_000)) + " }}", "t"));

    [Fact]
    public void Deep_blocks_are_refused_before_they_run()
        => Assert.Throws<ArtifactException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if x %}", 500)) + string.Concat(Enumerable.Repeat("{% endif %}", 500)), "t"));

    [Fact]
    public void A_render_leaves_the_messages_as_they_were()
    {
        ChatMessage[] messages = [new("user", "x")];
        var template = ChatTemplate.Parse("{% set messages = messages + [1] %}{% set tools = 5 %}{{ messages | length }}{{ range is callable }}{% set range = 1 %}", "t");
        Assert.Equal("2True", template.Render(messages).Text);
        Assert.Equal("2True", template.Render(messages).Text);
        Assert.Equal("x", messages[0].Content);
    }

    [Fact]
    public void Limits_are_at_least_one()
        => Assert.Equal("TemplateLimits.MaxSteps: found 0, expected at least 1", Assert.Throws<ConfigurationException>(() => new TemplateLimits { MaxSteps = 0 }).Message);

    /// <summary>Whatever the text is: a template, or a fault with one line, and never another exception.</summary>
    [Fact]
    public void Damaged_templates_fault_and_never_crash()
    {
        const string whole = "{% set ns = namespace(a=[1, 2.5]) %}{% macro f(a, b='x') -%} {{ a ~ b | upper }} {%- endmacro %}{% for k, v in {'a': 1, 'b': [2]}.items() if v is not none %}{{ f(k, *v) if v is iterable else loop.index + -7 // 2 }}{% generation %}{{ messages[-1:][0]['content'].split(' ', 1) | tojson(indent=2) }}{% endgeneration %}{% else %}{# c #}{% endfor %}{% raw %}{{{% endraw %}{{ '%05.1f' % 3.14159 ~ 'a\\u00e9'[::-1] }}{% set x | trim %} y {% endset %}{{ (x, 1 in [1], not true)[0:2] }}";
        var random = new Random(5);
        const string pieces = "{}%#[]()'\"|.,:-+*/~<>=!\\ \n0x9e_";
        for (var i = 0; i < 4000; i++)
        {
            var text = new System.Text.StringBuilder(whole);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0) text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                else text.Insert(at, pieces[random.Next(pieces.Length)]);
            }
            try
            {
                ChatTemplate.Parse(text.ToString(), "t", limits: Small).Render([new ChatMessage("user", "one two three")]);
            }
            catch (AlignSharpException fault)
            {
                Assert.DoesNotContain('\n', fault.Message);
            }
        }
    }
}
