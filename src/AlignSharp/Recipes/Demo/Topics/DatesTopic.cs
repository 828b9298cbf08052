using System.Globalization;

namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>How a date is written in the ISO 8601 form: formatting, with the parts in another order.</summary>
internal sealed class DatesTopic : DemoTopic
{
    private const int FirstYear = 2019;
    private const int Years = 3;

    /// <summary>A dozen and a few are enough to practise on, and every month has them.</summary>
    private const int Days = 16;

    private static readonly string[] Months = DateTimeFormatInfo.InvariantInfo.MonthNames[..12];

    public override string Name => "dates";

    public override string Site => "ux.stackexchange.com";

    public override DemoCase Draw(Random random)
    {
        var day = 1 + random.Next(Days);
        var month = 1 + random.Next(Months.Length);
        var year = FirstYear + random.Next(Years);
        var nextMonth = 1 + (month % Months.Length);
        var asked = $"{day} {Months[month - 1]} {year}";
        return new DemoCase
        {
            Combination = Iso(year, month, day),
            Questions =
            [
                $"How do I write {asked} as an ISO date?",
                $"What is {asked} in ISO format?",
                $"The form wants an ISO date. What do I enter for {asked}?",
                $"Which ISO date is {asked}?",
            ],
            Right = Sentences(Iso(year, month, day)),
            Wrong =
            [
                .. Sentences(Iso(year, nextMonth, day)),
                .. Sentences($"{day:00}-{month:00}-{year}"),
            ],
            Partial = [$"It starts with `{year}`.", $"The year `{year}` comes first, then more."],
        };
    }

    private static string Iso(int year, int month, int day) => string.Create(CultureInfo.InvariantCulture, $"{year}-{month:00}-{day:00}");

    private static string[] Sentences(string date) => [$"The ISO date is `{date}`.", $"Year first, so write `{date}`."];
}
