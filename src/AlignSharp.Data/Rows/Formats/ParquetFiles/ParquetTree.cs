using System.Text.Json;
using Parquet.Meta;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// The rows' structure, built from the schema with the format's rules for lists and maps, those of older writers too: a list is a
/// repeated field inside a group that is marked as a list, and the repeated field is either a wrapper around the element or the element itself.
/// </summary>
internal sealed class ParquetTree
{
    // A schema is flat, so its depth is told, not shown by brackets.
    private const int MaxDepth = 32;
    private const int MaxColumns = 10_000;

    private readonly IReadOnlyList<ParquetElement> _schema;
    private readonly List<bool> _steps = [];
    private readonly List<string> _names = [];
    private int _next;

    private ParquetTree(IReadOnlyList<ParquetElement> schema) => _schema = schema;

    /// <summary>Builds the structure of a row.</summary>
    /// <exception cref="InvalidDataException">The schema is wrong.</exception>
    /// <exception cref="NotSupportedException">A column has no JSON.</exception>
    public static ParquetObjectNode Build(IReadOnlyList<ParquetElement> schema)
    {
        var tree = new ParquetTree(schema);
        var root = tree.Take();
        if (root.Type is not null) throw new InvalidDataException("the schema has no root");
        var row = tree.Group(root);
        if (tree._next != schema.Count) throw new InvalidDataException("the schema has more elements than its groups name");
        return row;
    }

    private ParquetElement Take() => _next < _schema.Count ? _schema[_next++] : throw new InvalidDataException("the schema names more elements than it has");

    private ParquetObjectNode Group(ParquetElement group)
    {
        if (group.Children <= 0 || group.Children > MaxColumns) throw new InvalidDataException($"the group '{Path()}' of the schema has {group.Children} columns");
        if (_names.Count > MaxDepth) throw new InvalidDataException("the schema nests too deeply");
        var definition = _steps.Count;
        List<(JsonEncodedText, ParquetNode)> parts = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < group.Children; i++)
        {
            var part = Take();
            if (!names.Add(part.Name)) throw new InvalidDataException($"the schema names '{part.Name}' twice");
            parts.Add((JsonEncodedText.Encode(part.Name), Under(part.Name, () => Field(part))));
        }
        return new ParquetObjectNode(definition, parts);
    }

    private ParquetNode Field(ParquetElement element) => element.Repetition switch
    {
        FieldRepetitionType.OPTIONAL => Within(isList: false, () => Content(element)),
        FieldRepetitionType.REPEATED => List(() => Content(element)),
        _ => Content(element),
    };

    private ParquetNode Content(ParquetElement element)
    {
        if (element.Type is not null) return new ParquetValueNode(Column(element));
        if (element.Meaning.Kind == MeaningKind.List && element.Children == 1 && IsRepeatedNext()) return ListOf(element.Name, Take());
        if (element.Meaning.Kind == MeaningKind.Map && element.Children == 1 && IsRepeatedNext() && _schema[_next] is { Type: null, Children: 2 }) return MapOf(Take());
        return Group(element);
    }

    private bool IsRepeatedNext() => _next < _schema.Count && _schema[_next].Repetition == FieldRepetitionType.REPEATED;

    private ParquetListNode ListOf(string name, ParquetElement repeated)
    {
        var isElement = repeated.Type is not null || repeated.Children != 1 || repeated.Name == "array" || repeated.Name == name + "_tuple";
        return List(() => isElement ? Content(repeated) : Field(Take()));
    }

    private ParquetMapNode MapOf(ParquetElement _)
    {
        var definition = _steps.Count;
        return Within(isList: true, () =>
        {
            var repetition = _steps.Count(isList => isList);
            var key = Take();
            if (key.Type is null || key.Repetition == FieldRepetitionType.REPEATED) throw new NotSupportedException($"the keys of the map '{Path()}' are no values");
            var column = key.Repetition == FieldRepetitionType.OPTIONAL ? Within(isList: false, () => Column(key)) : Column(key);
            return new ParquetMapNode(definition, repetition, column, Field(Take()));
        });
    }

    private ParquetListNode List(Func<ParquetNode> element)
    {
        var definition = _steps.Count;
        return Within(isList: true, () => new ParquetListNode(definition, _steps.Count(isList => isList), element()));
    }

    private ParquetColumn Column(ParquetElement element) => ParquetColumns.Create(new ParquetLeaf(element, Path(), [.. _steps]));

    private T Within<T>(bool isList, Func<T> build)
    {
        if (_steps.Count > 2 * MaxDepth) throw new InvalidDataException("the schema nests too deeply");
        _steps.Add(isList);
        var built = build();
        _steps.RemoveAt(_steps.Count - 1);
        return built;
    }

    private T Under<T>(string name, Func<T> build)
    {
        _names.Add(name);
        var built = build();
        _names.RemoveAt(_names.Count - 1);
        return built;
    }

    private string Path() => string.Join('.', _names);
}
