using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Optimizers;

/// <summary>Learning rates of transformers' own functions (golden/qlora/README.md, golden/trl/README.md).</summary>
public class ScheduleGoldenTests
{
    [Fact]
    public void Every_schedule_gives_the_rates_of_transformers()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("qlora/lr_schedules.json")));
        var compared = 0;
        foreach (var golden in json.RootElement.EnumerateArray())
        {
            if (!golden.GetProperty("entry_point").GetString()!.StartsWith("get_scheduler", StringComparison.Ordinal)) continue;
            var span = new ScheduleSpan(golden.GetProperty("num_warmup_steps").GetInt32(), golden.GetProperty("num_training_steps").GetInt32());
            AssertRates(golden, span, golden.GetProperty("lr_at_step"));
            compared++;
        }
        Assert.Equal(42, compared);
    }

    [Fact]
    public void Schedules_of_the_trainer_goldens_agree()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("trl/data/data_trl_v1.9.0.json")));
        foreach (var golden in json.RootElement.GetProperty("schedulers").EnumerateArray())
            AssertRates(golden, new ScheduleSpan(golden.GetProperty("warmup_steps").GetInt32(), golden.GetProperty("total_steps").GetInt32()), golden.GetProperty("lr_used_at_step"));
    }

    [Theory]
    [InlineData("linaer", "{}", "lr_scheduler_type: 'linaer' is not known")]
    [InlineData("linear", """{"num_cycles":1}""", "'num_cycles' means nothing to lr_scheduler_type 'linear'")]
    [InlineData("cosine_with_min_lr", "{}", "exactly one of 'min_lr' and 'min_lr_rate'")]
    [InlineData("cosine_with_min_lr", """{"min_lr":1e-5,"min_lr_rate":0.1}""", "exactly one of 'min_lr' and 'min_lr_rate'")]
    [InlineData("polynomial", """{"lr_end":1}""", "'lr_end' (1) must be below learning_rate")]
    [InlineData("warmup_stable_decay", """{"num_stable_steps":1}""", "needs 'num_decay_steps'")]
    public void A_wrong_schedule_is_one_line(string name, string arguments, string expected)
    {
        var message = Assert.Throws<ConfigurationException>(() => Registry.CreateSchedule(name, new ScheduleSpan(0, 10), 1e-3, JsonSerializer.Deserialize<Dictionary<string, double>>(arguments)!)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void AssertRates(JsonElement golden, ScheduleSpan span, JsonElement rates)
    {
        var name = golden.GetProperty("name").GetString()!;
        var rate = golden.GetProperty("base_lr").GetDouble();
        var schedule = Registry.CreateSchedule(name, span, rate, golden.GetProperty("kwargs").Deserialize<Dictionary<string, double>>()!);
        foreach (var (step, expected) in rates.EnumerateArray().Select(r => r.GetDouble()).Index())
        {
            var actual = rate * schedule.Factor(step);
            Assert.True(Math.Abs(expected - actual) <= 1e-12 * rate, $"{golden.GetRawText()[..200]}\n step {step}: {expected} expected, {actual} found");
        }
    }
}
