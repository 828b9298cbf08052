using AlignSharp.Data.Faults;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;

namespace AlignSharp.Data.Rows.Formats.ArrowFiles;

/// <summary>
/// An open Arrow file, of either of the two forms: the stream, which the cache of Hugging Face's datasets has, and the file with a
/// footer. Whatever is wrong with it, and whatever the library throws, becomes one fault that names the place.
/// </summary>
internal sealed class ArrowSource : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly BoundedMemory _memory = new();
    private readonly ArrowScan? _scan;
    private readonly ArrowStreamReader? _reader;
    private int _batch;

    public ArrowSource(string path)
    {
        _path = path;
        _file = DataFile.OpenBytes(path);
        try
        {
            Span<byte> start = stackalloc byte[8];
            var read = _file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            var isFile = start.StartsWith("ARROW1"u8);
            if (read < start.Length || !(isFile || ArrowScan.LooksLikeStream(start))) throw new DatasetException($"{path}: the file does not begin as an Arrow file does; is it of another format, or a pointer that stands for a file (git lfs pull)?");
            _scan = new ArrowScan(_file);
            if (isFile) _scan.CheckFile();
            else _scan.CheckStream();
            _file.Position = 0;
            var codecs = new CompressionCodecFactory();
            _reader = isFile ? new ArrowFileReader(_file, _memory, codecs, leaveOpen: true) : new ArrowStreamReader(_file, _memory, codecs, leaveOpen: true);
            Names = ArrowCells.Names((_reader.Schema ?? throw new InvalidDataException("it has no schema")).FieldsList);
        }
        catch (Exception error) when (error is not AlignSharpException)
        {
            Dispose();
            throw Fault("the schema", error);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The names of the fields.</summary>
    public System.Text.Json.JsonEncodedText[] Names { get; }

    /// <summary>Reads the next batch, which the caller disposes; null after the last.</summary>
    public RecordBatch? Next()
    {
        _batch++;
        try
        {
            _memory.Reset();
            if (_reader is not ArrowFileReader) _scan!.CheckNext();
            var batch = _reader!.ReadNextRecordBatch();
            if (batch is null && _reader is not ArrowFileReader) RequireEnd();
            return batch;
        }
        catch (Exception error) when (error is not AlignSharpException)
        {
            throw Fault($"record batch {_batch}", error);
        }
    }

    /// <summary>Makes the writers of a batch's columns.</summary>
    public ArrowCells.Cell[] Cells(RecordBatch batch)
    {
        try
        {
            return [.. batch.Arrays.Select((array, i) => ArrowCells.For(array, Names[i].Value))];
        }
        catch (Exception error) when (error is not AlignSharpException)
        {
            throw Fault($"record batch {_batch}", error);
        }
    }

    /// <summary>The fault of the current batch, whose arrays do not fit together.</summary>
    public DatasetException Uneven(Exception error) => Fault($"record batch {_batch}", error);

    public void Dispose()
    {
        _reader?.Dispose();
        _file.Dispose();
    }

    // The library takes an end inside a message's length for the end of the stream. Messages are of whole 8 bytes.
    private void RequireEnd()
    {
        if (_file.Length % 8 != 0) throw new EndOfStreamException("the file ends inside a message");
    }

    private DatasetException Fault(string place, Exception error)
    {
        var cause = error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return new DatasetException(error is NotSupportedException or NotImplementedException
            ? $"{_path}: {place}: this kind of Arrow is not read: {cause}; convert it to .parquet or .jsonl."
            : $"{_path}: {place}: the Arrow file is damaged or cut off: {cause}; copy or download it again.", error);
    }
}
