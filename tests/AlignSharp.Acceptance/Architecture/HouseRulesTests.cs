using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace AlignSharp.Acceptance.Architecture;

/// <summary>That each rule can be broken: what the architecture test would say about code that nobody wrote yet.</summary>
public class HouseRulesTests
{
    [Theory]
    [InlineData("AlignSharp.Data", "AlignSharp")]
    [InlineData("AlignSharp", "align")]
    [InlineData("AlignSharp", "AlignSharp.Unlisted")]
    public void An_upward_reference_between_assemblies_is_a_violation(string assembly, string reference) =>
        Assert.Equal([$"{assembly} references {reference}"], HouseRules.AssemblyOrder(assembly, ["System.Runtime", reference]));

    [Fact]
    public void A_step_may_be_skipped_on_the_way_down() => Assert.Empty(HouseRules.AssemblyOrder("align", ["AlignSharp.Data", "AlignSharp", "System.Runtime"]));

    [Theory]
    [InlineData("Models.Llama.Block", "Training.Loop")]
    [InlineData("Runtime.Threads", "Tensors.Shape")]
    [InlineData("Objectives.Hinge", "Models.Projection")]
    [InlineData("Objectives.Hinge", "Runtime.Threads")]
    [InlineData("Tracking.Report", "Tensors.Shape")]
    [InlineData("Training.Loop", "Recipes.DpoRunOptions")]
    public void An_upward_use_between_folders_is_a_violation(string user, string used) => Assert.Single(HouseRules.FolderOrder([Engine(user, used)]));

    [Theory]
    [InlineData("Training.Loop", "Models.Llama.Block")]
    [InlineData("Objectives.Hinge", "Tensors.PairLogps")]
    [InlineData("Models.Llama.Block", "Models.Projection")]
    public void A_downward_use_is_well(string user, string used) => Assert.Empty(HouseRules.FolderOrder([Engine(user, used)]));

    [Fact]
    public void The_data_assembly_is_open_to_every_folder() =>
        Assert.Empty(HouseRules.FolderOrder([new TypeUse("AlignSharp.Tracking.Report", "AlignSharp.Data.Faults.DatasetException", "AlignSharp.Data", null)]));

    [Fact]
    public void A_folder_without_a_place_in_the_order_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => HouseRules.FolderOrder([Engine("Extras.Thing", "Tensors.Shape")]).ToList());

    [Fact]
    public void A_reference_to_TorchSharp_is_a_violation() => Assert.Single(HouseRules.WithoutTorch("AlignSharp.Data", ["System.Runtime", "TorchSharp"]));

    [Theory]
    [InlineData("System.Console", "WriteLine")]
    [InlineData("System.Environment", "Exit")]
    [InlineData("System.Environment", "set_ExitCode")]
    [InlineData("Spectre.Console.Table", null)]
    public void Touching_the_console_is_a_violation(string type, string? member) => Assert.Single(HouseRules.WithoutConsole([new TypeUse("A.B", type, "x", member)]));

    [Fact]
    public void Other_facts_of_the_environment_are_free() => Assert.Empty(HouseRules.WithoutConsole([new TypeUse("A.B", "System.Environment", "x", "GetEnvironmentVariable")]));

    [Theory]
    [InlineData("AlignSharp.Tensors.TensorUtils")]
    [InlineData("AlignSharp.Helpers.Shape")]
    [InlineData("AlignSharp.Common.Shape")]
    [InlineData("AlignSharp.Training.RunManager`1")]
    public void A_name_that_says_nothing_is_a_violation(string name) => Assert.Single(HouseRules.SpeakingNames([name, "AlignSharp.Tensors.PairLogps"]));

    [Fact]
    public void An_open_class_and_a_plain_struct_are_violations()
    {
        using var tests = new CompiledAssembly("AlignSharp.Acceptance");
        var shapes = tests.Types.Where(type => type.DeclaringType?.Name == nameof(PublicShapes));
        Assert.Equal([nameof(PublicShapes.OpenClass), nameof(PublicShapes.PlainStruct)],
            HouseRules.ClosedTypes(shapes).Select(line => line.Split(' ')[0].Split('/')[^1]).Order());
    }

    [Fact]
    public void References_are_found_wherever_code_can_hold_them()
    {
        using var tests = new CompiledAssembly("AlignSharp.Acceptance");
        var used = tests.Uses().Where(use => use.User == typeof(ReferenceProbe).FullName).ToList();
        Assert.Contains(used, use => use is { Used: "System.Console", Member: "WriteLine" });
        foreach (var type in new[] { typeof(System.Text.Rune), typeof(Version), typeof(Uri), typeof(TimeZoneInfo), typeof(TimeOnly), typeof(TimeoutException), typeof(ObsoleteAttribute) })
            Assert.Contains(used, use => use.Used == type.FullName);
        Assert.Contains(used, use => use is { UsedAssembly: "AlignSharp", Used: "AlignSharp.Tensors.PairLogps" });
    }

    private static TypeUse Engine(string user, string used) => new("AlignSharp." + user, "AlignSharp." + used, "AlignSharp", null);
}

/// <summary>Uses a type in each place where the reader must look. Never run.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "It is read, never made.")]
[SuppressMessage("Performance", "CA1823", Justification = "It is read, never made.")]
[SuppressMessage("CodeQuality", "IDE0051", Justification = "It is read, never made.")]
internal sealed class ReferenceProbe : List<Version[]>
{
    private readonly System.Text.Rune _field = new('a');

    [Obsolete("An attribute to find.")]
    public Uri? Property { get; }

    public static Func<string> Lambda => () => TimeZoneInfo.Local.Id;

    public static async Task Later()
    {
        await Task.Yield();
        Console.WriteLine(typeof(TimeOnly));
    }

    public static T Generic<T>() where T : TimeoutException, new() => new();

    public string Engine(AlignSharp.Tensors.PairLogps logps) => logps.ToString() + _field;
}

/// <summary>One public type of each shape.</summary>
[SuppressMessage("Design", "CA1034", Justification = "Only nested types can be public in this internal class.")]
[SuppressMessage("Performance", "CA1812", Justification = "It is read, never made.")]
[SuppressMessage("Performance", "CA1815", Justification = "The plain struct is the violation.")]
internal static class PublicShapes
{
    [SuppressMessage("Performance", "CA1852", Justification = "The open class is the violation.")]
    public class OpenClass;

    public struct PlainStruct;

    public sealed class SealedClass;

    public static class StaticClass;

    public abstract class AbstractClass;

    public interface IInterface;

    public enum Choice { }

    public readonly record struct Record(int Value);

    public delegate void Callback();
}
