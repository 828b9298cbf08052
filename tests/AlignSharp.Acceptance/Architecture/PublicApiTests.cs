using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Architecture;

public class PublicApiTests
{
    public static TheoryData<string> Libraries => [.. HouseRules.Assemblies.Where(name => name != "align")];

    [Theory, MemberData(nameof(Libraries))]
    public void The_public_surface_is_approved(string name)
    {
        using var assembly = new CompiledAssembly(name);
        Approved.Matches($"tests/AlignSharp.Acceptance/Approved/api-{name}.txt", PublicApi.Print(assembly.Types));
    }

    [Fact]
    public void The_command_is_no_library()
    {
        using var command = new CompiledAssembly("align");
        Assert.Equal("", PublicApi.Print(command.Types));
    }

    [Fact]
    public void The_order_of_types_and_members_in_the_code_does_not_matter()
    {
        using var assembly = new CompiledAssembly("AlignSharp.Data");
        Assert.Equal(PublicApi.Print(assembly.Types), PublicApi.Print(assembly.Types.Reverse()));
    }
}
