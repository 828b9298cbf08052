using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// A column of one row group and a place in it. Each entry is a value, or says with a definition level below the highest which of its optional or
/// repeated ancestors is absent; its repetition level says which list it goes on with (0: a new row).
/// </summary>
internal abstract class ParquetColumn(ParquetLeaf leaf)
{
    private int[] _definitions = [];
    private int[] _repetitions = [];
    private int _count, _position;

    /// <summary>Where the column stands in the schema.</summary>
    public ParquetLeaf Leaf { get; } = leaf;

    /// <summary>Definition level of the current entry.</summary>
    public int Definition => _position >= _count ? throw Uneven() : Leaf.MaxDefinition == 0 ? 0 : _definitions[_position];

    /// <summary>Bytes of memory that an entry takes, without what it points at.</summary>
    public abstract int EntryBytes { get; }

    /// <summary>Index of the value of the current entry, if it has one.</summary>
    protected int ValueIndex { get; private set; }

    /// <summary>Whether the current entry goes on with the list of a repetition level.</summary>
    public bool GoesOn(int repetition) => _position < _count && _repetitions[_position] == repetition;

    /// <summary>Reads the column of a row group and stands at its start.</summary>
    public void Load(ParquetRowGroupReader group, DataField field, int count)
    {
        (_count, _position, ValueIndex) = (count, 0, 0);
        if (Leaf.MaxDefinition > 0 && _definitions.Length < count) _definitions = new int[count];
        if (Leaf.MaxRepetition > 0 && _repetitions.Length < count) _repetitions = new int[count];
        LoadValues(group, field, count, Levels(Leaf.MaxDefinition, _definitions, count), Levels(Leaf.MaxRepetition, _repetitions, count));
    }

    /// <summary>Writes the current entry and moves on.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Definition == Leaf.MaxDefinition) WriteValue(json);
        else json.WriteNullValue();
        Pass();
    }

    /// <summary>Moves on.</summary>
    public void Pass()
    {
        if (Definition == Leaf.MaxDefinition) ValueIndex++;
        _position++;
    }

    /// <summary>Moves to the start of the next row from anywhere in the current one.</summary>
    /// <param name="start">The entry that the row begins with.</param>
    public void PassRow(int start)
    {
        if (_position == start) Pass();
        while (Leaf.MaxRepetition > 0 && _position < _count && _repetitions[_position] != 0) Pass();
    }

    /// <summary>The current entry's index, which must begin a row.</summary>
    public int RowStart() => _position < _count && (Leaf.MaxRepetition == 0 || _repetitions[_position] == 0) ? _position : throw Uneven();

    /// <summary>Reads values and levels.</summary>
    protected abstract void LoadValues(ParquetRowGroupReader group, DataField field, int count, Memory<int>? definitions, Memory<int>? repetitions);

    /// <summary>Writes the value at <see cref="ValueIndex"/>.</summary>
    protected abstract void WriteValue(Utf8JsonWriter json);

    // Without the type, null would become empty memory.
    private static Memory<int>? Levels(int highest, int[] levels, int count) => highest > 0 ? levels.AsMemory(0, count) : (Memory<int>?)null;

    private EndOfStreamException Uneven() => new($"column '{Leaf.Path}' does not have as many entries as the row group has rows");
}
