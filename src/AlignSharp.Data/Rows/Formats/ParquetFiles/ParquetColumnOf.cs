using System.Runtime.CompilerServices;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A column whose values the library reads as one type.</summary>
/// <param name="leaf">Where it stands.</param>
/// <param name="write">Writes a value as JSON.</param>
internal sealed class ParquetColumnOf<T>(ParquetLeaf leaf, Action<Utf8JsonWriter, T> write) : ParquetColumn(leaf)
    where T : struct
{
    private T[] _values = [];

    /// <inheritdoc/>
    public override int EntryBytes => Unsafe.SizeOf<T>() + 2 * sizeof(int);

    /// <inheritdoc/>
    protected override void LoadValues(ParquetRowGroupReader group, DataField field, int count, Memory<int>? definitions, Memory<int>? repetitions)
    {
        if (_values.Length < count) _values = new T[count];
        // The texts of the last row group.
        else Array.Clear(_values);
        // Its stream answers at once, so this waits for nothing.
        group.ReadRawAsync(field, _values.AsMemory(0, count), definitions, repetitions).AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    protected override void WriteValue(Utf8JsonWriter json) => write(json, _values[ValueIndex]);
}
