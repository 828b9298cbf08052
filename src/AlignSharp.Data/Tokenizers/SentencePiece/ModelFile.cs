using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.SentencePiece;

/// <summary>What a tokenizer.model file says, checked to be a BPE model of the kind that Llama uses.</summary>
internal sealed class ModelFile
{
    private const int Bpe = 2;

    /// <summary>Every way to cut a piece in two is tried; sentencepiece's own limit is 16 unless the trainer says otherwise.</summary>
    private const int LongestPiece = 1_000;

    private readonly List<Piece> _pieces = [];
    private int _modelType = 1; // the format's default: Unigram
    private int _charsMapBytes;
    private bool _escapeWhitespaces = true;
    private bool _whitespaceAsSuffix;

    private ModelFile() { }

    /// <summary>The vocabulary in the order of ids.</summary>
    public IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>Whether unknown characters become bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Whether a text gets a space in front.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether spaces at both ends are dropped and runs of spaces become one.</summary>
    public bool RemoveExtraWhitespaces { get; private set; } = true;

    /// <summary>What decoding shows for the unknown piece.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>Id of the beginning of a sequence, -1 for none.</summary>
    public int BosId { get; private set; } = 1;

    /// <summary>Id of the end of a sequence, -1 for none.</summary>
    public int EosId { get; private set; } = 2;

    /// <summary>Id of the padding piece, -1 for none.</summary>
    public int PadId { get; private set; } = -1;

    /// <summary>Reads and checks a model.</summary>
    /// <exception cref="ArtifactException">Damaged, or of a kind that is not supported.</exception>
    public static ModelFile Parse(ReadOnlySpan<byte> content, string file)
    {
        var model = new ModelFile();
        var reader = new ProtobufReader(content, file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: model._pieces.Add(ReadPiece(reader.Bytes(), file)); break;
                case 2: model.ReadTrainerSpec(reader.Bytes(), file); break;
                case 3: model.ReadNormalizerSpec(reader.Bytes(), file); break;
                default: reader.Skip(); break;
            }
        }
        model.Check(file);
        return model;
    }

    private static Piece ReadPiece(ReadOnlySpan<byte> message, string file)
    {
        var (text, score, type) = ("", 0f, (long)PieceType.Normal);
        var reader = new ProtobufReader(message, file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = reader.Text(); break;
                case 2: score = reader.Float(); break;
                case 3: type = reader.Integer(); break;
                default: reader.Skip(); break;
            }
        }
        return new Piece(text, score, (PieceType)type);
    }

    private void ReadTrainerSpec(ReadOnlySpan<byte> message, string file)
    {
        var reader = new ProtobufReader(message, file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3: _modelType = (int)reader.Integer(); break;
                case 24: _whitespaceAsSuffix = reader.Flag(); break;
                case 35: ByteFallback = reader.Flag(); break;
                case 41: BosId = (int)reader.Integer(); break;
                case 42: EosId = (int)reader.Integer(); break;
                case 43: PadId = (int)reader.Integer(); break;
                case 44: UnknownSurface = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadNormalizerSpec(ReadOnlySpan<byte> message, string file)
    {
        var reader = new ProtobufReader(message, file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: _charsMapBytes = reader.Bytes().Length; break;
                case 3: AddDummyPrefix = reader.Flag(); break;
                case 4: RemoveExtraWhitespaces = reader.Flag(); break;
                case 5: _escapeWhitespaces = reader.Flag(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void Check(string file)
    {
        const string Remedy = "use the tokenizer.json of the same model";
        if (_pieces.Count == 0) throw new ArtifactException($"{file}: not a SentencePiece model (it has no pieces); download the file again");
        if (_modelType != Bpe)
        {
            var name = _modelType switch { 1 => "Unigram", 3 => "Word", 4 => "Char", _ => $"type {_modelType}" };
            throw new ArtifactException($"{file}: SentencePiece model of kind {name} is not supported, expected BPE; {Remedy}");
        }
        if (_charsMapBytes > 0) throw new ArtifactException($"{file}: a compiled character map ({_charsMapBytes} bytes) is not supported; {Remedy}");
        if (!_escapeWhitespaces) throw new ArtifactException($"{file}: escape_whitespaces false is not supported; {Remedy}");
        if (_whitespaceAsSuffix) throw new ArtifactException($"{file}: treat_whitespace_as_suffix is not supported; {Remedy}");
        CheckPieces(file, Remedy);
    }

    private void CheckPieces(string file, string remedy)
    {
        var seen = new HashSet<string>(_pieces.Count);
        for (var id = 0; id < _pieces.Count; id++)
        {
            var piece = _pieces[id];
            if (piece.Text.Length == 0) throw new ArtifactException($"{file}: piece {id} is empty; download the file again");
            if (piece.Text.Length > LongestPiece) throw new ArtifactException($"{file}: piece {id} has {piece.Text.Length} characters, expected at most {LongestPiece}; {remedy}");
            if (!seen.Add(piece.Text)) throw new ArtifactException($"{file}: piece {id} \"{piece.Text}\" stands there twice; download the file again");
            if (!float.IsFinite(piece.Score)) throw new ArtifactException($"{file}: piece {id} \"{piece.Text}\" has the score {piece.Score}, expected a finite one; download the file again");
            if (piece.Type is PieceType.UserDefined or PieceType.Unused || !Enum.IsDefined(piece.Type))
                throw new ArtifactException($"{file}: piece {id} \"{piece.Text}\" is of type {piece.Type}, which is not supported; {remedy}");
        }
        if (_pieces.Count(piece => piece.Type == PieceType.Unknown) != 1) throw new ArtifactException($"{file}: expected exactly one unknown piece; download the file again");
        foreach (var (name, id) in ((string, int)[])[("bos_id", BosId), ("eos_id", EosId), ("pad_id", PadId)])
            if (id >= _pieces.Count) throw new ArtifactException($"{file}: {name} is {id}, beyond the {_pieces.Count} pieces; download the file again");
    }
}
