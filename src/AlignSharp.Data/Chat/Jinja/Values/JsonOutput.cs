using System.Globalization;
using System.Numerics;
using System.Text;
using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Python's json.dumps, as the tojson filter of chat templates calls it: no escapes for HTML, and none beyond ASCII unless asked for.</summary>
internal sealed class JsonOutput(string? indent, string itemSeparator, string keySeparator, bool sortKeys, bool asciiOnly, Rendering rendering)
{
    private readonly StringBuilder _text = new();

    public string Write(object? value)
    {
        Append(value, 0);
        return _text.ToString();
    }

    private void Append(object? value, int depth)
    {
        switch (value)
        {
            case string text: AppendText(text); break;
            case null or bool or long or BigInteger or double: _text.Append(Scalar(value)); break;
            case SequenceValue sequence: AppendItems(sequence, depth); break;
            case DictValue dict: AppendMembers(dict, depth); break;
            default: throw JinjaFault.Type($"Object of type {TypeName.Of(value)} is not JSON serializable");
        }
        rendering.CheckLength(_text.Length);
    }

    private void AppendItems(SequenceValue sequence, int depth)
    {
        _text.Append('[');
        for (var i = 0; i < sequence.Count; i++)
        {
            if (i > 0) _text.Append(itemSeparator);
            NewLine(depth + 1);
            Append(sequence[i], depth + 1);
        }
        if (sequence.Count > 0) NewLine(depth);
        _text.Append(']');
    }

    private void AppendMembers(DictValue dict, int depth)
    {
        _text.Append('{');
        var keys = sortKeys ? StableSort.By([.. dict.Keys], key => key, reverse: false, rendering) : dict.Keys;
        var first = true;
        foreach (var key in keys)
        {
            dict.TryGet(key, out var value);
            if (!first) _text.Append(itemSeparator);
            first = false;
            NewLine(depth + 1);
            AppendText(key as string ?? Scalar(key));
            _text.Append(keySeparator);
            Append(value, depth + 1);
        }
        if (dict.Count > 0) NewLine(depth);
        _text.Append('}');
    }

    private void NewLine(int depth)
    {
        if (indent is null) return;
        _text.Append('\n');
        for (var i = 0; i < depth; i++) _text.Append(indent);
    }

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double number when double.IsNaN(number) => "NaN",
        double number when double.IsInfinity(number) => number > 0 ? "Infinity" : "-Infinity",
        long or BigInteger or double => PythonText.Str(value),
        _ => throw JinjaFault.Type($"keys must be str, int, float, bool or None, not {TypeName.Of(value)}"),
    };

    private void AppendText(string text)
    {
        _text.Append('"');
        foreach (var c in text)
            switch (c)
            {
                case '"': _text.Append("\\\""); break;
                case '\\': _text.Append("\\\\"); break;
                case '\n': _text.Append("\\n"); break;
                case '\r': _text.Append("\\r"); break;
                case '\t': _text.Append("\\t"); break;
                case '\f': _text.Append("\\f"); break;
                case '\b': _text.Append("\\b"); break;
                case < ' ' or > '~' when c < ' ' || (asciiOnly && c != '\x7f'): _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: _text.Append(c); break;
            }
        _text.Append('"');
    }
}
