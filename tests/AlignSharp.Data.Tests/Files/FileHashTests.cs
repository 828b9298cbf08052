using AlignSharp.Data.Files;
using Xunit;

namespace AlignSharp.Data.Tests.Files;

public sealed class FileHashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_has_the_hash_that_sha256sum_prints() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileHash.Sha256(Write("one", "a", "abc")));

    [Fact]
    public void Several_files_count_by_name_content_and_order_and_not_by_folder()
    {
        string[] files = [Write("one", "a", "abc"), Write("one", "b", "")];
        // (cd one; sha256sum a b | sha256sum)
        Assert.Equal("09c7e0b8a02d027d95ec0375a600ed4ad4d6b26a1c93f16d9150cab5fec761a6", FileHash.Sha256(files));
        Assert.Equal(FileHash.Sha256(files), FileHash.Sha256([Write("two", "a", "abc"), Write("two", "b", "")]));
        Assert.NotEqual(FileHash.Sha256(files), FileHash.Sha256(files.Reverse()));
        Assert.NotEqual(FileHash.Sha256(files), FileHash.Sha256([Write("two", "c", "abc"), files[1]]));
        Assert.NotEqual(FileHash.Sha256(files), FileHash.Sha256([Write("two", "a", "abd"), files[1]]));
    }

    private string Write(string folder, string name, string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
