using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Recipes.Configuration;

public class KeyTableTests
{
    public static TheoryData<string> Keys(KeyKind kind) => [.. KeyTable.Dpo.Keys.Where(key => key.Kind == kind).Select(key => key.Name)];

    [Theory]
    [InlineData("dpo", "docs/configuration.md")]
    [InlineData("sft", "docs/configuration-sft.md")]
    public void Configuration_documents_list_every_key(string command, string file)
    {
        var table = command == "dpo" ? KeyTable.Dpo : KeyTable.Sft;
        var document = ConfigurationDocument.Render(table, command);
        foreach (var key in table.Keys) Assert.Contains($"\n| `{key.Name}` | ", document, StringComparison.Ordinal);
        Approved.Matches(file, document);
    }

    [Fact]
    public void Every_default_is_accepted_by_its_own_key()
    {
        foreach (var key in KeyTable.Dpo.Keys.Concat(KeyTable.Sft.Keys)) KeyRules.Accept(key, new Setting(key.Name, key.DefaultValue, Provenance.Default));
    }

    [Fact]
    public void Every_key_is_explained_and_only_keys_that_do_nothing_have_a_reason()
    {
        foreach (var key in KeyTable.Dpo.Keys.Concat(KeyTable.Sft.Keys))
        {
            Assert.NotEmpty(key.Explanation);
            Assert.Equal(key.Kind == KeyKind.Honoured, key.Reason.Length == 0);
            if (key.AliasOf is not null) Assert.Null((KeyTable.Dpo.Find(key.AliasOf) ?? KeyTable.Sft.Find(key.AliasOf))!.AliasOf);
            Assert.Equal(key.TrlDefault is null, key.DeviationReason.Length == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Keys), KeyKind.Refused)]
    public void Every_refused_key_is_refused_and_may_be_off(string name)
    {
        var key = KeyTable.Dpo.Find(name)!;
        var on = key.Type switch
        {
            KeyType.Boolean => key.Default == "true" ? "false" : "true",
            KeyType.Integer or KeyType.Number => "7",
            KeyType.TextList => "[something]",
            KeyType.Map => "{a: 1}",
            _ => "something",
        };
        var message = Configured.FaultOf($"{name}: {on}");
        Assert.StartsWith("config.yaml:3:", message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(key.Reason, message, StringComparison.Ordinal);
        foreach (var off in key.OffValues.Append(key.Default).Append("null")) Configured.Dpo($"{name}: {off}");
    }

    [Theory]
    [MemberData(nameof(Keys), KeyKind.Satisfied)]
    public void Every_satisfied_key_is_accepted_and_noted_once_with_its_reason(string name)
    {
        var key = KeyTable.Dpo.Find(name)!;
        var configuration = Configured.By(Configured.Required + $"{name}: {key.Default}");
        using var writer = new StringWriter();
        configuration.Write(writer);
        Assert.Single(writer.ToString().Split('\n'), line => line.StartsWith($"  {name} ", StringComparison.Ordinal) && line.Contains(key.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Refused_choices_are_refused_by_name()
    {
        foreach (var key in KeyTable.Dpo.Keys)
        {
            foreach (var choice in key.RefusedChoices)
            {
                var message = Configured.FaultOf($"{key.Name}: {choice}");
                Assert.Contains($"{key.Name}: {choice} is refused", message, StringComparison.Ordinal);
                Assert.Contains(key.RefusedChoicesReason, message, StringComparison.Ordinal);
            }
        }
        Assert.Contains("metrics.jsonl", Configured.FaultOf("report_to: wandb"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("per_device_batch_size", "per_device_eval_batch_size")]
    [InlineData("lerning_rate", "learning_rate")]
    [InlineData("bteta", "beta")]
    [InlineData("max_lenght", "max_length")]
    [InlineData("lora_rank", "lora_r")]
    public void An_unknown_key_names_the_nearest(string unknown, string nearest)
    {
        var message = Configured.FaultOf($"{unknown}: 1");
        Assert.StartsWith("config.yaml:3:", message, StringComparison.Ordinal);
        Assert.Contains($"{unknown} is not a known key; did you mean ", message, StringComparison.Ordinal);
        Assert.True(KeyTable.EditDistance(unknown, KeyTable.Dpo.Nearest(unknown)) <= KeyTable.EditDistance(unknown, nearest));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "abd", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Edit_distance_counts_edits_both_ways(string a, string b, int expected)
    {
        Assert.Equal(expected, KeyTable.EditDistance(a, b));
        Assert.Equal(expected, KeyTable.EditDistance(b, a));
    }

    [Fact]
    public void A_key_named_by_two_parts_of_a_table_is_found_at_once() => Assert.Throws<ArgumentException>(() => new KeyTable(OwnKeys.All, OwnKeys.All));

    [Fact]
    public void A_secret_is_never_shown()
    {
        var configuration = Configured.By(Configured.Required + "hub_token: hf_verysecret");
        using var writer = new StringWriter();
        configuration.Write(writer);
        Assert.DoesNotContain("verysecret", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("verysecret", Configured.FaultOf("hub_token: [hf_verysecret]"), StringComparison.Ordinal);
    }
}
