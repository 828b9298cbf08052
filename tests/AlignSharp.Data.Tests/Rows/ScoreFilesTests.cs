using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public class ScoreFilesTests
{
    [Theory]
    [InlineData("""{"prompt":"p","chosen":"c","rejected":"r"}""", "p")]
    [InlineData("""{"qid":1,"question":"q?","date":"d","metadata":[],"response_j":"c","response_k":"r"}""", "Question: q?\n\nAnswer: ")]
    public void Every_text_shape_of_a_preference_can_be_scored(string row, string prompt)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".jsonl");
        try
        {
            File.WriteAllText(path, row);
            var pair = Assert.IsType<PreferenceRow>(Assert.IsType<PairToScore>(Assert.Single(ScoreFiles.Read(path))).Pair);
            Assert.Equal((prompt, "c", "r"), (pair.Prompt, pair.Chosen, pair.Rejected));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
