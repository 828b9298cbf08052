using System.Buffers;
using System.Text;
using AlignSharp.Data.Faults;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AlignSharp.Recipes.Configuration;

/// <summary>
/// Reads the YAML that a configuration may use: one document, a mapping of keys to scalars, lists and mappings. Anchors, aliases,
/// tags and further documents are errors: what a configuration says must be readable where it stands. Scalars follow
/// <see cref="ConfigurationValue"/>'s rule.
/// </summary>
internal sealed class ConfigurationText
{
    private const int MaxDepth = 8;
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code).Except(['\t', '\n', '\r', '\f'])]);
    private readonly Parser _parser;
    private readonly string _name;

    private ConfigurationText(string text, string name)
    {
        _parser = new Parser(new StringReader(text));
        _name = name;
    }

    /// <summary>A value in YAML's flow form: a default of the key table, or an option that takes a mapping.</summary>
    public static ConfigurationValue Parse(string text, KeyType type)
    {
        var isYaml = type is KeyType.Map or KeyType.Any || text is ['[' or '{' or '\'', ..];
        return isYaml ? Fragment(text, "value") : ConfigurationValue.Plain(text);
    }

    /// <summary>Reads one value, named in error messages.</summary>
    /// <exception cref="ConfigurationException">The text is not one YAML value.</exception>
    public static ConfigurationValue Fragment(string text, string name)
    {
        var reader = new ConfigurationText(text, name);
        return reader.Guarded(() =>
        {
            reader.Begin();
            if (reader._parser.Accept<DocumentEnd>(out _)) return ConfigurationValue.Null;
            var value = reader.Value(0);
            reader.End();
            return value;
        });
    }

    /// <summary>Reads a whole file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The file's path as the user wrote it.</param>
    /// <exception cref="ConfigurationException">The text is not a mapping of keys; the message names line and column.</exception>
    public static IReadOnlyList<Setting> Settings(string text, string name)
    {
        RefuseTabsAndControls(text, name);
        var reader = new ConfigurationText(text, name);
        return reader.Guarded(reader.Document);
    }

    // YAML forbids tabs too, but its message points elsewhere; and at a NUL the parser would stop as if the file ended there.
    private static void RefuseTabsAndControls(string text, string name)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            var control = content.IndexOfAny(Controls);
            if (control >= 0) throw new ConfigurationException($"{name}:{line}:{control + 1}: a control character (code {(int)content[control]}) stands here; remove it");
            var indentation = content.Length - content.TrimStart(" \t").Length;
            var tab = content[..indentation].IndexOf('\t');
            if (tab >= 0 && indentation < content.Length) throw new ConfigurationException($"{name}:{line}:{tab + 1}: a tab indents this line; indent with spaces");
        }
    }

    private List<Setting> Document()
    {
        var settings = new List<Setting>();
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return settings;
        _parser.Consume<DocumentStart>();
        if (!_parser.TryConsume<MappingStart>(out var start))
        {
            if (_parser.Accept<Scalar>(out var only) && only.Value.Length == 0) return settings;
            throw Fault(_parser.Current!.Start, "expected keys and values, \"key: value\"");
        }
        Plain(start);
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var (key, mark) = KeyName();
            var name = key.Replace('-', '_');
            if (!seen.TryAdd(name, mark.Line)) throw Fault(mark, $"{name} is set twice; the first time in line {seen[name]}");
            var position = _parser.Current is null && !_parser.MoveNext() ? mark : _parser.Current!.Start;
            settings.Add(new Setting(name, Value(1), Provenance.File(_name, position.Line, position.Column)));
        }
        End();
        return settings;
    }

    private void Begin()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) throw Fault(new Mark(0, 1, 1), "nothing here, expected a value");
        _parser.Consume<DocumentStart>();
    }

    private void End()
    {
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _)) throw Fault(_parser.Current!.Start, "a second document begins; a configuration is one document");
    }

    private ConfigurationValue Value(int depth)
    {
        if (_parser.Accept<AnchorAlias>(out var alias)) throw Fault(alias.Start, $"the alias *{alias.Value} is not allowed; write the value out");
        if (_parser.Accept<NodeEvent>(out var node))
        {
            if (depth > MaxDepth) throw Fault(node.Start, $"nested deeper than {MaxDepth} levels");
            Plain(node);
        }
        if (_parser.TryConsume<Scalar>(out var scalar))
            return scalar.Style == ScalarStyle.Plain ? ConfigurationValue.Plain(scalar.Value) : ConfigurationValue.Quoted(scalar.Value);
        return _parser.TryConsume<SequenceStart>(out _) ? Sequence(depth) : Mapping(depth);
    }

    private ConfigurationValue Sequence(int depth)
    {
        var items = new List<ConfigurationValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Value(depth + 1));
        return ConfigurationValue.List(items);
    }

    private ConfigurationValue Mapping(int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = new Dictionary<string, ConfigurationValue>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var (key, mark) = KeyName();
            if (!entries.TryAdd(key, Value(depth + 1))) throw Fault(mark, $"{key} is set twice");
        }
        return ConfigurationValue.Map(entries);
    }

    private (string Name, Mark Start) KeyName()
    {
        if (_parser.Accept<Scalar>(out var scalar) && scalar.Value.Length > 0)
        {
            Plain(scalar);
            _parser.Consume<Scalar>();
            return (scalar.Value, scalar.Start);
        }
        throw Fault(_parser.Current!.Start, "a key must be a name");
    }

    private void Plain(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty) throw Fault(node.Start, $"the anchor &{node.Anchor.Value} is not allowed; write the value out where it is used");
        if (!node.Tag.IsEmpty) throw Fault(node.Start, $"the tag {node.Tag.Value} is not allowed; write the plain value");
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (YamlException error)
        {
            throw Fault(error.Start, OneLine(error.Message), error);
        }
    }

    private ConfigurationException Fault(in Mark at, string what, Exception? inner = null) => new($"{_name}:{at.Line}:{at.Column}: {what}", inner);

    private static string OneLine(string message)
    {
        var line = new StringBuilder(message.Length);
        foreach (var character in message) line.Append(char.IsControl(character) ? ' ' : character);
        return line.ToString();
    }
}
