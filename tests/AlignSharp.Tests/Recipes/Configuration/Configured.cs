using AlignSharp.Data.Faults;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;
using Xunit;

namespace AlignSharp.Tests.Recipes.Configuration;

/// <summary>Short ways to a configuration for the tests of this folder.</summary>
internal static class Configured
{
    public const string Required = "model_name_or_path: model\ndataset_name: pairs.jsonl\n";

    public static EffectiveConfiguration By(string yaml, params (string Key, string[] Values)[] options) =>
        EffectiveConfiguration.Create(
            KeyTable.Dpo,
            ConfigurationSource.FromText(yaml, "config.yaml"),
            [.. options.Select(option => ConfigurationSource.FromOption(KeyTable.Dpo, "--" + option.Key, option.Key, option.Values))]);

    public static DpoRunOptions Dpo(string yaml, params (string Key, string[] Values)[] options) => DpoRunOptions.From(By(Required + yaml, options));

    public static string FaultOf(string yaml, params (string Key, string[] Values)[] options)
    {
        var message = Assert.Throws<ConfigurationException>(() => Dpo(yaml, options)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
