using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlignSharp.Recipes.Demo;

/// <summary>Writes the demo's pairs as JSON Lines in the columns of <c>lvwerra/stack-exchange-paired</c>.</summary>
public static class DemoRowWriter
{
    // Backticks and quotation marks stay readable; the file is data, not part of a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes a line per pair: <c>qid</c>, <c>question</c>, <c>date</c> (yyyy-MM-dd), <c>metadata</c> (the question's address,
    /// the site's address, the topic), <c>response_j</c> (better) and <c>response_k</c> (worse).
    /// </summary>
    /// <param name="pairs">The rows.</param>
    /// <param name="stream">Receives UTF-8 without a byte order mark, each line ended by a line feed; stays open.</param>
    public static void Write(IEnumerable<DemoPair> pairs, Stream stream)
    {
        foreach (var pair in pairs)
        {
            using (var json = new Utf8JsonWriter(stream, Options)) WriteRow(json, pair);
            stream.WriteByte((byte)'\n');
        }
    }

    private static void WriteRow(Utf8JsonWriter json, DemoPair pair)
    {
        var question = pair.Question;
        json.WriteStartObject();
        json.WriteNumber("qid", question.Id);
        json.WriteString("question", question.Text);
        json.WriteString("date", question.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteStartArray("metadata");
        json.WriteStringValue($"{question.Site}/questions/{question.Id}");
        json.WriteStringValue(question.Site);
        json.WriteStringValue(question.Topic);
        json.WriteEndArray();
        json.WriteString("response_j", pair.Better);
        json.WriteString("response_k", pair.Worse);
        json.WriteEndObject();
    }
}
