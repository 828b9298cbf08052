using System.Globalization;
using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers.Pipeline;
using AlignSharp.Data.Tokenizers.SentencePiece;

namespace AlignSharp.Data.Tokenizers;

/// <summary>
/// A SentencePiece BPE model (tokenizer.model), encoding and decoding exactly as the sentencepiece library does: no bos, and
/// control pieces that stand in the text are ordinary text. Models are tokenised through <see cref="TokenizerFolder"/>, which
/// gives Hugging Face's behaviour. Safe for use by several threads at once.
/// </summary>
public sealed class SentencePieceModel
{
    /// <summary>A character that no piece holds.</summary>
    private const int UnknownCharacter = -2;

    private const char Space = '\u2581';

    private readonly Dictionary<string, int> _ids = [];
    private readonly int[] _byteIds = Enumerable.Repeat(-1, 256).ToArray();
    private readonly Dictionary<int, byte> _bytesOfIds = [];
    private readonly int _unknownId;
    private readonly Lazy<(MergeTable Merges, Dictionary<Rune, int> Characters)> _encoder;

    private SentencePieceModel(ModelFile file)
    {
        File = file;
        for (var id = 0; id < file.Pieces.Count; id++)
        {
            var (text, _, type) = file.Pieces[id];
            _ids.Add(text, id);
            if (type == PieceType.Unknown) _unknownId = id;
            if (type != PieceType.Byte || !TryParseByte(text, out var value)) continue;
            _byteIds[value] = id;
            _bytesOfIds[id] = value;
        }
        _encoder = new(BuildEncoder);
    }

    /// <summary>Number of pieces.</summary>
    public int VocabularySize => File.Pieces.Count;

    /// <summary>The file's contents.</summary>
    internal ModelFile File { get; }

    /// <summary>Reads a model file.</summary>
    /// <param name="path">Path of tokenizer.model.</param>
    /// <exception cref="ArtifactException">Missing, damaged, or of a kind that is not supported (Unigram, user-defined pieces, a character map).</exception>
    public static SentencePieceModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(System.IO.File.ReadAllBytes(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"{path}: cannot be read ({error.Message.ReplaceLineEndings(" ")})", error);
        }
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="content">The file's bytes; not kept.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="ArtifactException">Damaged, or of a kind that is not supported.</exception>
    public static SentencePieceModel Parse(ReadOnlySpan<byte> content, string name) => new(ModelFile.Parse(content, name));

    /// <summary>The id of a piece, or null.</summary>
    /// <param name="piece">A piece's text, with U+2581 for spaces.</param>
    public int? IdOf(string piece) => _ids.TryGetValue(piece, out var id) ? id : null;

    /// <summary>Encodes as sentencepiece's <c>encode(text)</c>.</summary>
    /// <param name="text">Any string; lone surrogates count as U+FFFD.</param>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var runes = Normalize(WellFormedText.Of(text)).EnumerateRunes().ToArray();
        var (merges, characters) = _encoder.Value;
        var symbols = new int[runes.Length];
        for (var i = 0; i < runes.Length; i++) symbols[i] = characters.GetValueOrDefault(runes[i], UnknownCharacter);
        merges.Apply(symbols);
        var ids = new List<int>(symbols.Length / 3 + 1);
        for (var i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] == MergeTable.Swallowed) continue;
            if ((uint)symbols[i] < (uint)VocabularySize) ids.Add(symbols[i]);
            else AddUnknown(runes[i], ids);
        }
        return [.. ids];
    }

    /// <summary>Decodes as sentencepiece's <c>decode(ids)</c>: control pieces vanish, one leading space is dropped, each bad byte becomes U+FFFD.</summary>
    /// <param name="ids">Piece ids; one outside the vocabulary is an <see cref="ArgumentOutOfRangeException"/>.</param>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        var spaceDropped = false;
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)VocabularySize) throw new ArgumentOutOfRangeException(nameof(ids), id, $"Piece id {id} is not in the vocabulary of {VocabularySize} pieces.");
            if (_bytesOfIds.TryGetValue(id, out var value))
            {
                bytes.Add(value);
                continue;
            }
            AppendBytes(bytes, text);
            text.Append(Surface(id, atStart: !spaceDropped && text.Length == 0, ref spaceDropped));
        }
        AppendBytes(bytes, text);
        return text.ToString();
    }

    private string Surface(int id, bool atStart, ref bool spaceDropped)
    {
        var (piece, _, type) = File.Pieces[id];
        if (type == PieceType.Control) return "";
        if (type == PieceType.Unknown) return File.UnknownSurface;
        if (atStart && piece[0] == Space && (File.AddDummyPrefix || File.RemoveExtraWhitespaces))
        {
            piece = piece[1..];
            // Where extra spaces are removed anyway, every one at the start goes.
            spaceDropped = !File.RemoveExtraWhitespaces;
        }
        return piece.Replace(Space, ' ');
    }

    private static void AppendBytes(List<byte> bytes, StringBuilder text)
    {
        for (ReadOnlySpan<byte> rest = bytes.ToArray(); rest.Length > 0;)
        {
            var valid = Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? rune.ToString() : "\uFFFD");
            rest = rest[(valid ? length : 1)..];
        }
        bytes.Clear();
    }

    private string Normalize(string text)
    {
        if (File.RemoveExtraWhitespaces) text = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (text.Length == 0) return "";
        return (File.AddDummyPrefix ? " " + text : text).Replace(' ', Space);
    }

    private void AddUnknown(Rune rune, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..rune.EncodeToUtf8(utf8)];
        if (!File.ByteFallback)
        {
            // sentencepiece gives neighbouring unknown characters one id.
            if (ids.Count == 0 || ids[^1] != _unknownId) ids.Add(_unknownId);
            return;
        }
        foreach (var value in utf8) ids.Add(_byteIds[value] >= 0 ? _byteIds[value] : _unknownId);
    }

    /// <summary>
    /// Every way to make a piece of two symbols is a merge, ranked by the piece's score. A symbol is a piece or a single
    /// character; characters that are no pieces themselves get ids behind the vocabulary.
    /// </summary>
    private (MergeTable Merges, Dictionary<Rune, int> Characters) BuildEncoder()
    {
        var normal = File.Pieces.Select((piece, id) => (piece, id)).Where(entry => entry.piece.Type == PieceType.Normal).ToList();
        var symbols = normal.ToDictionary(entry => entry.piece.Text, entry => entry.id);
        var characters = new Dictionary<Rune, int>();
        foreach (var rune in normal.SelectMany(entry => entry.piece.Text.EnumerateRunes()))
        {
            if (characters.ContainsKey(rune)) continue;
            symbols.TryAdd(rune.ToString(), VocabularySize + characters.Count);
            characters.Add(rune, symbols[rune.ToString()]);
        }
        var ranks = normal.Select(entry => entry.piece.Score).Distinct().OrderDescending().Select((score, rank) => (score, rank)).ToDictionary(entry => entry.score, entry => entry.rank);
        var bySpan = symbols.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new MergeTable(2 * normal.Count);
        foreach (var (piece, id) in normal)
            for (var i = 1; i < piece.Text.Length; i++)
                if (bySpan.TryGetValue(piece.Text.AsSpan(0, i), out var left) && bySpan.TryGetValue(piece.Text.AsSpan(i), out var right))
                    merges.Set(left, right, ranks[piece.Score], id);
        return (merges, characters);
    }

    private static bool TryParseByte(string piece, out byte value)
    {
        value = 0;
        return piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal)
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
