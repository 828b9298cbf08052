using System.Text;
using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Checkpoints;

public sealed class SafetensorsHeaderTests
{
    /// <summary>What the reference accepts although the format's text forbids it.</summary>
    private static readonly HashSet<string> StricterHere = ["leading_space_in_header", "duplicate_tensor_key_same_range", "duplicate_key_inside_metadata"];

    public static TheoryData<string> CaseNames() => [.. Cases().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Verdict_equals_the_references_or_is_stricter_where_the_format_says_so(string name)
    {
        var golden = Cases().Single(c => c.GetProperty("name").GetString() == name);
        var bytes = golden.GetProperty("bytes_b64").GetBytesFromBase64();
        if (!golden.GetProperty("accepted_by_reference").GetBoolean() || StricterHere.Contains(name))
        {
            var error = Assert.Throws<ArtifactException>(() => SafetensorsHeader.Parse(bytes, bytes.Length, "model.safetensors"));
            Assert.StartsWith("model.safetensors: ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
            return;
        }
        var header = SafetensorsHeader.Parse(bytes, bytes.Length);
        Assert.Equal(golden.GetProperty("tensor_count").GetInt32(), header.Entries.Count);
    }

    [Fact]
    public void A_git_lfs_pointer_is_called_what_it_is()
    {
        var pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"u8.ToArray();
        Assert.Contains("Git LFS pointer", Assert.Throws<ArtifactException>(() => SafetensorsHeader.Parse(pointer, pointer.Length)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_come_in_the_order_of_their_data()
    {
        var bytes = File("""{"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},"a":{"dtype":"U8","shape":[3,1],"data_offsets":[0,3]}}""", 5);
        var header = SafetensorsHeader.Parse(bytes, bytes.Length);
        Assert.Equal(["a", "b"], header.Entries.Select(e => e.Name));
        Assert.Equal([3L, 1L], header.Entries[0].Shape);
        Assert.Equal(2, header.Entries[1].Bytes);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor 'w' of F32 [2] needs 8 bytes, its offsets give 4")]
    [InlineData("""{"w":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'w' has the unknown dtype 'F99'")]
    [InlineData("""{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3, "the file was cut short")]
    [InlineData("""{"w":{"dtype":"U8","shape":[9223372036854775807,2],"data_offsets":[0,4]}}""", 4, "tensor 'w' has a shape whose size overflows")]
    [InlineData("""{"w":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,4]}}""", 4, "tensor 'w' has a shape with a value")]
    [InlineData("""{"w\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, "lone surrogate")]
    [InlineData("""{"w":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""", 0, "tensor 'w' is not described by an object")]
    public void Messages_name_the_tensor_and_the_fault(string json, int dataBytes, string expected)
    {
        var bytes = File(json, dataBytes);
        var error = Assert.Throws<ArtifactException>(() => SafetensorsHeader.Parse(bytes, bytes.Length));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_gives_a_header_or_our_exception()
    {
        var random = new Random(7);
        var seeds = Cases().Select(c => c.GetProperty("bytes_b64").GetBytesFromBase64()).Where(b => b.Length > 8).ToList();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Count)].Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
            var error = Record.Exception(() => SafetensorsHeader.Parse(bytes.AsSpan(0, length), length));
            if (error is not null) Assert.IsType<ArtifactException>(error);
        }
    }

    internal static byte[] File(string json, int dataBytes)
    {
        var header = Encoding.UTF8.GetBytes(json);
        return [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. new byte[dataBytes]];
    }

    private static JsonElement.ArrayEnumerator Cases() =>
        JsonDocument.Parse(System.IO.File.ReadAllBytes(Golden.Path("qlora/safetensors_cases.json"))).RootElement.EnumerateArray();
}
