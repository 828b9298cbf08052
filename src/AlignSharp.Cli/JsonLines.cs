using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignSharp.Cli;

/// <summary>Results as one JSON object a line.</summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // "NaN", "Infinity" and "-Infinity" as text: bare they are no JSON.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes one line; numbers are written unrounded.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="line">The object; its properties get names in snake_case.</param>
    public static void Write<T>(TextWriter output, T line) => output.WriteLine(JsonSerializer.Serialize(line, Options));
}
