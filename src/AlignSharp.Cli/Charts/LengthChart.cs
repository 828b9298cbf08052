using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Lengths;
using ScottPlot;

namespace AlignSharp.Cli.Charts;

/// <summary>Histograms of lengths as a picture.</summary>
internal sealed class LengthChart
{
    private const int MostBins = 60, Width = 900, HeightOfOne = 260;
    private readonly string _path;

    private LengthChart(string path) => _path = path;

    /// <summary>Names the picture, before any work is done.</summary>
    /// <param name="path">A .png or .svg file, which is replaced.</param>
    /// <exception cref="ConfigurationException">It ends in something else, or its folder is missing.</exception>
    public static LengthChart At(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".png" or ".svg")) throw new ConfigurationException($"{path}: a picture ends in .png or .svg");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder) ? new LengthChart(path) : throw new ConfigurationException($"{path}: there is no folder {folder}");
    }

    /// <summary>Draws it.</summary>
    /// <param name="profiles">A histogram each, one below the other.</param>
    /// <param name="maxLength">Marked where the whole rows of tokens are drawn; or null.</param>
    /// <returns>A line for people.</returns>
    public string Draw(IReadOnlyList<LengthProfile> profiles, int? maxLength)
    {
        if (_path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)) AtomicFile.WriteText(_path, Svg(profiles, maxLength));
        else AtomicFile.Write(_path, stream => stream.Write(Png(profiles, maxLength)));
        return $"the picture is {_path}";
    }

    private static byte[] Png(IReadOnlyList<LengthProfile> profiles, int? maxLength)
    {
        var figure = new Multiplot();
        figure.AddPlots(profiles.Count);
        foreach (var (i, profile) in profiles.Index()) Fill(figure.GetPlot(i), profile, maxLength);
        return figure.Render(Width, HeightOfOne * profiles.Count).GetImageBytes(ImageFormat.Png);
    }

    // A picture of several plots is no SVG in ScottPlot, so each stands in one of its own below the other.
    private static string Svg(IReadOnlyList<LengthProfile> profiles, int? maxLength)
    {
        var parts = profiles.Select((profile, i) =>
        {
            using var plot = new Plot();
            Fill(plot, profile, maxLength);
            var svg = plot.GetSvgXml(Width, HeightOfOne);
            return string.Create(CultureInfo.InvariantCulture, $"<svg y=\"{i * HeightOfOne}\" {svg[(svg.IndexOf("<svg", StringComparison.Ordinal) + "<svg".Length)..]}");
        });
        return string.Create(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{HeightOfOne * profiles.Count}\">\n{string.Join('\n', parts)}\n</svg>\n");
    }

    private static void Fill(Plot plot, LengthProfile profile, int? maxLength)
    {
        foreach (var bin in profile.Histogram(MostBins))
        {
            var bar = plot.Add.Bar((bin.From + bin.To) / 2.0, bin.Rows);
            bar.Bars[0].Size = bin.To - bin.From;
            bar.Color = Colors.C0;
        }
        plot.Title(profile.Name);
        plot.XLabel(profile.Unit);
        plot.YLabel("rows");
        plot.Axes.Margins(bottom: 0);
        if (maxLength is not { } most || profile is not { Unit: "tokens", Name: "row" or "prompt and longer answer" }) return;
        var line = plot.Add.VerticalLine(most);
        line.LegendText = $"max_length {most}";
        line.Color = Colors.Red;
        plot.ShowLegend();
    }
}
