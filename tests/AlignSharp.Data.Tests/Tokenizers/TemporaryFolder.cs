namespace AlignSharp.Data.Tests.Tokenizers;

/// <summary>A folder of a test, deleted with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tokenizer-test-").FullName;

    public string Write(string name, string content)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, name), content);
        return Path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
