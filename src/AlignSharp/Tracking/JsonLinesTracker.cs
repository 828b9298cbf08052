using System.Text.Json;

namespace AlignSharp.Tracking;

/// <summary>Writes <c>metrics.jsonl</c>: a row per logged step with <c>step</c>, <c>epoch</c> and TRL's keys, unrounded, flushed row by row.</summary>
public sealed class JsonLinesTracker : ITracker, IDisposable
{
    private static readonly JsonWriterOptions Compact = new() { Indented = false };
    private readonly FileStream _file;

    /// <summary>Creates the file, replacing an older one.</summary>
    /// <param name="path">Where.</param>
    public JsonLinesTracker(string path) => _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    /// <inheritdoc/>
    public void Start(RunStart run) { }

    /// <inheritdoc/>
    public void Record(StepMetrics metrics) => Write(metrics.Step, metrics.Epoch, metrics.Named());

    /// <inheritdoc/>
    public void Record(EvaluationMetrics metrics) => Write(metrics.Step, metrics.Epoch, metrics.Named());

    /// <inheritdoc/>
    public void Finish() => _file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(int step, double epoch, IEnumerable<KeyValuePair<string, double>> metrics)
    {
        using var row = new MemoryStream();
        using (var json = new Utf8JsonWriter(row, Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            json.WriteNumber("epoch", epoch);
            foreach (var (key, value) in metrics) WriteNumber(json, key, value);
            json.WriteEndObject();
        }
        row.Write("\n"u8);
        row.WriteTo(_file);
        _file.Flush();
    }

    // JSON has no NaN; a string keeps the row readable and the fact visible.
    private static void WriteNumber(Utf8JsonWriter json, string key, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(key, value);
        else json.WriteString(key, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
}
