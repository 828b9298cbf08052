using AlignSharp.Data.Faults;
using AlignSharp.Evaluation;
using AlignSharp.Tests.Runtime;
using Xunit;

namespace AlignSharp.Tests.Evaluation;

public sealed class ReferenceLogpsFileTests : IDisposable
{
    private const int Rows = 3;
    private static readonly ReferenceLogps Written = new([-1.5f, -20.25f, float.NegativeInfinity], [-3, -1e-30f, -7e20f]);
    private static readonly ReferenceLogpsKey Key = new()
    {
        Model = "m",
        Adapter = "a",
        Tokenizer = "t",
        Pairs = "p",
        BatchPairs = 8,
        BatchTokens = 4096,
        Dtype = "float32",
        Device = "cpu",
        Threads = 2,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public ReferenceLogpsFileTests()
    {
        _path = _folder.Combine("logps.safetensors");
        ReferenceLogpsFile.Write(_path, Key, Written);
    }

    public static TheoryData<string> Parts => ReferenceLogpsKeyTests.Parts;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_to_the_bit() => AssertWritten(ReferenceLogpsFile.Read(_path, Key, Rows));

    [Fact]
    public void The_same_numbers_give_the_same_bytes()
    {
        var other = _folder.Combine("other.safetensors");
        ReferenceLogpsFile.Write(other, Key, Written);
        Assert.Equal(File.ReadAllBytes(_path), File.ReadAllBytes(other));
    }

    [Theory, MemberData(nameof(Parts))]
    public void A_file_of_another_key_is_refused_and_the_part_named(string part) =>
        AssertRefused($"its key says {part} ", () => ReferenceLogpsFile.Read(_path, ReferenceLogpsKeyTests.Changed(Key, part), Rows));

    [Fact]
    public void A_file_of_another_number_of_rows_is_refused() => AssertRefused("expected F32 [4]", () => ReferenceLogpsFile.Read(_path, Key, Rows + 1));

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = File.ReadAllBytes(_path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            AssertRefused("", () => ReferenceLogpsFile.Read(_path, Key, Rows));
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused_or_harms_nothing()
    {
        var whole = File.ReadAllBytes(_path);
        var data = whole.Length - (2 * Rows * sizeof(float));
        for (var position = 0; position < whole.Length; position++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[position] ^= (byte)(1 << (position % 8));
            File.WriteAllBytes(_path, damaged);
            if (position >= data) AssertRefused("its checksum does not fit its numbers", () => ReferenceLogpsFile.Read(_path, Key, Rows));
            else AssertRefusedOrWritten();
        }
    }

    private void AssertRefusedOrWritten()
    {
        try
        {
            AssertWritten(ReferenceLogpsFile.Read(_path, Key, Rows));
        }
        catch (ArtifactException fault)
        {
            Assert.DoesNotContain('\n', fault.Message);
        }
    }

    private static void AssertWritten(ReferenceLogps read)
    {
        Assert.Equal(Written.Chosen, read.Chosen);
        Assert.Equal(Written.Rejected, read.Rejected);
    }

    private void AssertRefused(string words, Action read)
    {
        var fault = Assert.Throws<ArtifactException>(read);
        Assert.StartsWith(_path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }
}
