using Parquet.Meta;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>An element of the schema: a column, or a group of elements.</summary>
internal sealed record ParquetElement
{
    public required string Name { get; init; }

    /// <summary>How a column is stored; null for a group.</summary>
    public required Parquet.Meta.Type? Type { get; init; }

    /// <summary>Bytes of a value of fixed length.</summary>
    public required int TypeLength { get; init; }

    /// <summary>Whether it is required, optional or repeated.</summary>
    public required FieldRepetitionType Repetition { get; init; }

    /// <summary>Elements of a group, which follow.</summary>
    public required int Children { get; init; }

    /// <summary>What the stored values, or the group, mean.</summary>
    public required ParquetMeaning Meaning { get; init; }

    public static ParquetElement Parse(ref ThriftReader reader)
    {
        int? type = null;
        var (name, typeLength, repetition, children, scale) = ("", 0, 0, 0, 0);
        var (converted, logical) = (ParquetMeaning.Plain, ParquetMeaning.Plain);
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var kind))
        {
            switch (id)
            {
                case 1: type = reader.Int32(kind); break;
                case 2: typeLength = reader.Int32(kind); break;
                case 3: repetition = reader.Int32(kind); break;
                case 4: name = reader.Text(kind); break;
                case 5: children = reader.Int32(kind); break;
                case 6: converted = ParquetMeaning.OfConverted((ConvertedType)reader.Int32(kind)); break;
                case 7: scale = reader.Int32(kind); break;
                case 10 when kind == ThriftType.Struct: logical = ParquetMeaning.ParseLogical(ref reader); break;
                default: reader.Skip(kind); break;
            }
        }
        reader.Leave(outer);
        var meaning = logical.Kind == MeaningKind.Plain ? converted : logical;
        return new ParquetElement
        {
            Name = name,
            Type = (Parquet.Meta.Type?)type,
            TypeLength = typeLength,
            Repetition = repetition is >= 0 and <= 2 ? (FieldRepetitionType)repetition : throw new InvalidDataException($"field '{name}' has the unknown repetition {repetition}"),
            Children = children,
            Meaning = meaning.Kind == MeaningKind.Decimal ? meaning with { Scale = scale } : meaning,
        };
    }
}
