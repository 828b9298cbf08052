using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes.Planning;

/// <summary>Reads the configuration of a run whose method nobody has said.</summary>
public static class PlannedRun
{
    /// <summary>All keys that a run to be planned may have.</summary>
    public static KeyTable Keys { get; } = new(KeyTable.Dpo.Keys, [.. KeyTable.Sft.Keys.Where(key => KeyTable.Dpo.Find(key.Name) is null)]);

    /// <summary>The options of the run: by a method that is named, else by a key that only one of the methods has, else by the rows: with chosen and rejected they are for DPO.</summary>
    /// <param name="method"><c>dpo</c>, <c>sft</c>, or null.</param>
    /// <param name="file">Settings of the file.</param>
    /// <param name="options">Settings of the command line; they win.</param>
    /// <exception cref="ConfigurationException">A setting cannot be used, or keys of both methods are there.</exception>
    public static TrainingRunOptions From(string? method, IReadOnlyList<Setting> file, IReadOnlyList<Setting> options)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        return (method ?? ByKeys([.. file, .. options]) ?? ByRows(file, options)) switch
        {
            "dpo" => DpoRunOptions.From(EffectiveConfiguration.Create(KeyTable.Dpo, file, options)),
            "sft" => SftRunOptions.From(EffectiveConfiguration.Create(KeyTable.Sft, file, options)),
            _ => throw new ConfigurationException($"option --method: {method} is not known; expected dpo, sft"),
        };
    }

    private static string? ByKeys(IReadOnlyList<Setting> settings)
    {
        Setting? Only(KeyTable one, KeyTable other) => settings.FirstOrDefault(setting => one.Find(setting.Key) is not null && other.Find(setting.Key) is null);
        return (Only(KeyTable.Dpo, KeyTable.Sft), Only(KeyTable.Sft, KeyTable.Dpo)) switch
        {
            ({ } dpo, { } sft) => throw new ConfigurationException($"{dpo.Key} is a key of align dpo and {sft.Key} one of align sft; remove one of them, or say --method"),
            ({ }, _) => "dpo",
            (_, { }) => "sft",
            _ => null,
        };
    }

    private static string ByRows(IReadOnlyList<Setting> file, IReadOnlyList<Setting> options)
    {
        var common = EffectiveConfiguration.Create(KeyTable.Dpo, file, options);
        return DatasetBinding.HoldsPreferences(common) ? "dpo" : "sft";
    }
}
