using System.Text;
using AlignSharp.Data.Checks.Statistics;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.Statistics;

public sealed class MisreadUtf8Tests
{
    [Theory]
    [InlineData("Le café est déjà fermé")]
    [InlineData("São Paulo não é a capital")]
    [InlineData("It’s a “quote” – and more…")]
    [InlineData("Größe, Übung, Spaß")]
    [InlineData("voilà, à bientôt")]
    [InlineData("20°C ± 1")]
    [InlineData("Привет, мир")]
    [InlineData("Ελληνικά κείμενα")]
    [InlineData("日本語のテキスト")]
    [InlineData("שלום עולם")]
    [InlineData("so 🙂 what")]
    [InlineData("Łódź, Kraków, žluťoučký kůň")]
    public void Text_that_was_read_as_the_wrong_encoding_is_found(string honest)
    {
        Assert.Equal(-1, MisreadUtf8.Find(honest));
        Assert.InRange(MisreadUtf8.Find(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(honest))), 0, honest.Length);
        Assert.InRange(MisreadUtf8.Find(AsWindows1252(honest)), 0, honest.Length);
    }

    [Theory]
    [InlineData("AMANHÔ, disse ele, “IRMÔ")]
    [InlineData("NÃO, SÃO JOSÉ… MANHÃ… MAÇû")]
    [InlineData("« voilà\u00A0» et « été\u00A0» et « forêt\u00A0»")]
    [InlineData("Elle dit : « c’est fermé… »")]
    [InlineData("„Spaß“ und „Ä“ und Spaß”, Maß–los, Ü“")]
    [InlineData("Ø ±5 mm, Ø¼ inch, 3×½, É®")]
    [InlineData("ÎÏÐÑÒÓÔÕÖ ÀÁÂÃÄÅ àáâãäå")]
    [InlineData("Tiếng Việt: Ấn Độ, CÂU “Â” – Â")]
    [InlineData("það er ðð “ð”")]
    [InlineData("")]
    [InlineData("plain text")]
    public void Honest_text_with_accents_is_not_taken_for_it(string text) => Assert.Equal(-1, MisreadUtf8.Find(text));

    [Fact]
    public void The_place_is_that_of_the_first_misread_character() => Assert.Equal(8, MisreadUtf8.Find("Ã la cafÃ© fermÃ©"));

    // .NET has Windows-1252 only as an extra; its upper half is written out here.
    private static string AsWindows1252(string text)
    {
        const string upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";
        return string.Concat(Encoding.UTF8.GetBytes(text).Select(unit => unit is >= 0x80 and < 0xA0 ? upper[unit - 0x80] : (char)unit));
    }
}
