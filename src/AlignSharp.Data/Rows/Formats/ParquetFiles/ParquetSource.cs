using System.Buffers.Binary;
using AlignSharp.Data.Faults;
using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>An open Parquet file. Whatever is wrong with it, and whatever the library throws, becomes one fault that names the place.</summary>
internal sealed class ParquetSource : IDisposable
{
    private const int MaxFooterBytes = 256 << 20;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly PageScan _pages;

    public ParquetSource(string path)
    {
        _path = path;
        _file = DataFile.OpenBytes(path);
        try
        {
            (var footer, var dataBytes) = ReadFooter();
            Groups = footer.Groups;
            Row = ParquetTree.Build(footer.Schema);
            if (Groups.FirstOrDefault(group => group.Rows is < 0 or > int.MaxValue || group.Chunks.Count != Row.Columns.Count) is not null)
                throw new InvalidDataException("a row group does not have the schema's columns");
            _pages = new PageScan(_file, dataBytes);
            _reader = ParquetReader.CreateAsync(new ParquetBytes(_file, dataBytes, PlainFooter.Write(Row.Columns, Groups))).GetAwaiter().GetResult();
            _fields = _reader.Schema.GetDataFields();
            CheckLevels();
        }
        catch (Exception error) when (error is not AlignSharpException)
        {
            _file.Dispose();
            throw Fault("the footer", error);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The row groups.</summary>
    public IReadOnlyList<ParquetGroup> Groups { get; }

    /// <summary>A row's structure, whose columns <see cref="Load"/> fills.</summary>
    public ParquetObjectNode Row { get; }

    /// <summary>Fills the columns from a row group.</summary>
    public void Load(int group)
    {
        var place = $"row group {group + 1} of {Groups.Count}";
        var bytes = 0L;
        for (var i = 0; i < _fields.Length; i++)
        {
            var (column, chunk) = (Row.Columns[i], Groups[group].Chunks[i]);
            try
            {
                bytes += _pages.Measure(column, chunk);
                if (bytes > PageScan.MaxGroupBytes) throw new DatasetException($"{_path}: {place} takes more than {PageScan.MaxGroupBytes >> 30} GiB of memory; write the file with smaller row groups (pyarrow: row_group_size=1000).");
                column.Load(_reader.RowGroups[group], _fields[i], (int)chunk.Values);
            }
            catch (Exception error) when (error is not AlignSharpException)
            {
                throw Fault($"{place}, column '{column.Leaf.Path}'", error);
            }
        }
    }

    /// <summary>The fault of a row group whose columns do not fit together.</summary>
    public DatasetException Uneven(int group, Exception error) => Fault($"row group {group + 1} of {Groups.Count}", error);

    public void Dispose() => _file.Dispose();

    private (ParquetFooter Footer, long DataBytes) ReadFooter()
    {
        const int endBytes = 8;
        Span<byte> end = stackalloc byte[endBytes];
        var length = _file.Length;
        if (length < 4 + endBytes) throw new DatasetException($"{_path}: {length} bytes are no Parquet file; copy or download it again.");
        _file.ReadExactly(end[..4]);
        if (!end[..4].SequenceEqual("PAR1"u8)) throw new DatasetException(end[..4].SequenceEqual("PARE"u8) ? $"{_path}: the Parquet file is encrypted, which is not read; decrypt it." : $"{_path}: the file does not begin as a Parquet file does; is it of another format, or a pointer that stands for a file (git lfs pull)?");
        _file.Position = length - endBytes;
        _file.ReadExactly(end);
        if (!end[4..].SequenceEqual("PAR1"u8)) throw new DatasetException($"{_path}: the Parquet file is cut off, its end is missing; copy or download it again.");
        var footerBytes = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (footerBytes <= 0 || footerBytes > length - endBytes - 4) throw new InvalidDataException($"it says to have {footerBytes} bytes");
        if (footerBytes > MaxFooterBytes) throw new InvalidDataException($"it has {footerBytes >> 20} MiB");
        var bytes = new byte[footerBytes];
        _file.Position = length - endBytes - footerBytes;
        _file.ReadExactly(bytes);
        return (ParquetFooter.Parse(bytes), length - endBytes - footerBytes);
    }

    // What is read depends on our levels and the library's being the same.
    private void CheckLevels()
    {
        if (_fields.Length != Row.Columns.Count) throw new InvalidDataException("the columns were not understood");
        for (var i = 0; i < _fields.Length; i++)
        {
            var leaf = Row.Columns[i].Leaf;
            if (_fields[i].MaxDefinitionLevel != leaf.MaxDefinition || _fields[i].MaxRepetitionLevel != leaf.MaxRepetition) throw new InvalidDataException($"the column '{leaf.Path}' was not understood");
        }
    }

    private DatasetException Fault(string place, Exception error)
    {
        var cause = error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return new DatasetException(error is NotSupportedException or NotImplementedException
            ? $"{_path}: {place}: this kind of Parquet is not read: {cause}; write the file anew, or convert it to .jsonl."
            : $"{_path}: {place}: the Parquet file is damaged: {cause}; copy or download it again.", error);
    }
}
