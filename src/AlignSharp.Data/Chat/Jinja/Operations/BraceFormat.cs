using System.Text;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Python's <c>text.format(...)</c> with plain fields: {}, {0} and {name}, without format specifications.</summary>
internal static class BraceFormat
{
    public static string Apply(string format, Arguments arguments, Rendering rendering)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (c is not ('{' or '}'))
            {
                text.Append(c);
                continue;
            }
            if (i + 1 < format.Length && format[i + 1] == c)
            {
                text.Append(c);
                i++;
                continue;
            }
            var end = c == '{' ? format.IndexOf('}', i) : -1;
            if (end < 0) throw JinjaFault.Value($"Single '{c}' encountered in format string");
            text.Append(rendering.Print(Field(format[(i + 1)..end], arguments, ref next)));
            rendering.CheckLength(text.Length);
            i = end;
        }
        return text.ToString();
    }

    private static object? Field(string field, Arguments arguments, ref int next)
    {
        if (field.AsSpan().ContainsAny(":!.[{")) throw JinjaFault.Value($"the format field '{{{field}}}' is not supported, only {{}}, {{0}} and {{name}} are");
        if (field.Length > 0 && !field.All(char.IsAsciiDigit))
        {
            foreach (var (name, value) in arguments.Named)
                if (name == field) return value;
            throw JinjaFault.Value($"no argument '{field}' for the format");
        }
        var index = field.Length == 0 ? next++ : Numbers.ToInt32(Numbers.ParseInteger(field));
        return index < arguments.Positional.Length ? arguments.Positional[index] : throw JinjaFault.Value($"Replacement index {index} out of range for positional args tuple");
    }
}
