using System.Collections.Frozen;
using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>The filters, by name.</summary>
internal static class Filters
{
    private static readonly FrozenDictionary<string, Operation> All = new Dictionary<string, Operation>
    {
        ["abs"] = NumberFilters.Absolute,
        ["attr"] = ElementFilters.Attribute,
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = TextFilters.Capitalize,
        ["center"] = TextFilters.Center,
        ["count"] = SequenceFilters.Length,
        ["d"] = ElementFilters.Default,
        ["default"] = ElementFilters.Default,
        ["dictsort"] = OrderFilters.SortDict,
        ["e"] = TextFilters.Escape,
        ["escape"] = TextFilters.Escape,
        ["first"] = ElementFilters.First,
        ["float"] = NumberFilters.Float,
        ["forceescape"] = TextFilters.Escape,
        ["format"] = TextFilters.Format,
        ["groupby"] = OrderFilters.GroupBy,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Integer,
        ["items"] = ElementFilters.Items,
        ["join"] = SequenceFilters.Join,
        ["last"] = ElementFilters.Last,
        ["length"] = SequenceFilters.Length,
        ["list"] = SequenceFilters.List,
        ["lower"] = TextFilters.Lower,
        ["map"] = SelectionFilters.Map,
        ["max"] = OrderFilters.Greatest,
        ["min"] = OrderFilters.Least,
        ["reject"] = SelectionFilters.Reject,
        ["rejectattr"] = SelectionFilters.RejectAttribute,
        ["replace"] = TextFilters.Replace,
        ["reverse"] = SequenceFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = TextFilters.String,
        ["select"] = SelectionFilters.Select,
        ["selectattr"] = SelectionFilters.SelectAttribute,
        ["slice"] = SequenceFilters.Slice,
        ["sort"] = OrderFilters.Sort,
        ["string"] = TextFilters.String,
        ["sum"] = NumberFilters.Sum,
        ["title"] = TextFilters.Title,
        ["tojson"] = TextFilters.ToJson,
        ["trim"] = TextFilters.Trim,
        ["truncate"] = TextFilters.Truncate,
        ["unique"] = OrderFilters.Unique,
        ["upper"] = TextFilters.Upper,
        ["wordcount"] = TextFilters.WordCount,
    }.ToFrozenDictionary();

    public static bool Exists(string name) => All.ContainsKey(name);

    public static Operation Get(string name) => All.TryGetValue(name, out var filter) ? filter : throw Unknown(name, line: 0);

    public static JinjaFault Unknown(string name, int line) => JinjaFault.Syntax($"there is no filter named '{name}'", line);
}
