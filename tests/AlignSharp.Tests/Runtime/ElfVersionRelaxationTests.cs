using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class ElfVersionRelaxationTests
{
    [Fact]
    public void Only_the_flag_of_the_version_and_the_binding_of_the_symbol_change()
    {
        var image = SyntheticElf.Create();
        var relaxed = ElfVersionRelaxation.Relax(image, "V_2", "unused");
        var expected = SyntheticElf.Create();
        expected[SyntheticElf.FlagsOfV2At] = 0x2;
        expected[SyntheticElf.InfoOfUnusedAt] = 0x22;
        Assert.Equal(expected, relaxed);
        Assert.Equal(SyntheticElf.Create(), image);
    }

    [Fact]
    public void Relaxing_twice_changes_nothing_more()
    {
        var once = ElfVersionRelaxation.Relax(SyntheticElf.Create(), "V_2", "unused");
        Assert.Equal(once, ElfVersionRelaxation.Relax(once, "V_2", "unused"));
    }

    [Fact]
    public void A_symbol_that_a_relocation_names_is_refused() => Refused("V_1", "used", "a relocation names the symbol used");

    [Fact]
    public void A_version_that_is_not_needed_is_refused() => Refused("V_3", "unused", "the version V_3 is not needed");

    [Fact]
    public void A_version_with_another_symbol_is_refused() => Refused("V_2", "used", "another symbol than used");

    [Fact]
    public void A_version_with_two_symbols_is_refused() =>
        Refused("V_2", "unused", "another symbol than unused", image => SyntheticElf.U16(image, SyntheticElf.VersionOfUsedAt, 3));

    [Fact]
    public void A_symbol_that_the_file_defines_is_refused() =>
        Refused("V_2", "unused", "is defined in the file", image => SyntheticElf.U16(image, SyntheticElf.SectionOfUnusedAt, 1));

    [Fact]
    public void A_name_outside_of_its_table_is_refused() =>
        Refused("V_2", "unused", "outside of the string table", image => SyntheticElf.U32(image, SyntheticElf.NamedStringOfV2At, uint.MaxValue));

    [Fact]
    public void Section_headers_outside_of_the_file_are_refused() =>
        Refused("V_2", "unused", "outside of the file", image => SyntheticElf.U64(image, 0x28, ulong.MaxValue));

    [Fact]
    public void A_file_that_is_no_ELF_is_refused() => Refused("V_2", "unused", "not a 64-bit", image => image[0] = (byte)'M');

    [Fact]
    public void Every_cut_is_refused()
    {
        var image = SyntheticElf.Create();
        for (var length = 0; length < image.Length; length++)
            Assert.Throws<InvalidDataException>(() => ElfVersionRelaxation.Relax(image.AsSpan(0, length), "V_2", "unused"));
    }

    [Fact]
    public void Any_changed_byte_gives_a_result_or_our_error()
    {
        for (var at = 0; at < SyntheticElf.Create().Length; at++)
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                var image = SyntheticElf.Create();
                image[at] = value;
                try
                {
                    Assert.Equal(image.Length, ElfVersionRelaxation.Relax(image, "V_2", "unused").Length);
                }
                catch (InvalidDataException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            }
    }

    private static void Refused(string version, string symbol, string reason, Action<byte[]>? damage = null)
    {
        var image = SyntheticElf.Create();
        damage?.Invoke(image);
        var error = Assert.Throws<InvalidDataException>(() => ElfVersionRelaxation.Relax(image, version, symbol));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
