using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Chat.Jinja;
using AlignSharp.Data.Chat.Jinja.Builtins;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Syntax;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>
/// Keeps the rows for which an expression is true (<c>dataset_filter</c>): the expressions of chat templates, with the columns as
/// variables, such as <c>score_chosen - score_rejected >= 1 and chosen | length &lt; 4000</c>. Nothing outside of the row can be reached.
/// </summary>
public sealed class RowFilter
{
    private static readonly Scope GlobalScope = Globals.Scope();
    private static readonly TemplateLimits Limits = new() { MaxSteps = 1_000_000 };
    private readonly string _text;
    private readonly Expression _expression;
    private readonly string[] _names;

    private RowFilter(string text, Expression expression, IEnumerable<string> names) => (_text, _expression, _names) = (text, expression, [.. names]);

    /// <summary>The expression as it was given.</summary>
    public override string ToString() => _text;

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public static RowFilter Parse(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        try
        {
            var (parsed, names) = StatementParser.ParseExpression(expression);
            return new RowFilter(expression, parsed, names);
        }
        catch (JinjaFault fault)
        {
            throw new ConfigurationException($"'{expression}' is no expression over columns: {fault.Message}; write for example: score_chosen > score_rejected and chosen | length < 4000", fault);
        }
    }

    /// <summary>Whether a row is kept.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="DatasetException">The expression cannot be computed for this row, for example because a column is missing.</exception>
    public bool Keeps(RowFields row)
    {
        var scope = new Scope(GlobalScope);
        foreach (var name in _names)
            if (row.TryGet(name, out JsonElement value)) scope.Set(name, ChatMessage.Read(value, $"{row.Source}: field '{name}'"));
        try
        {
            return Truth.Of(_expression.Evaluate(scope, new Rendering(Limits, TimeProvider.System)));
        }
        catch (JinjaFault fault)
        {
            throw new DatasetException($"{row.Source}: the filter '{_text}' cannot be computed: {fault.Message}; mend the expression, or give on_bad_row: skip.", fault);
        }
    }
}
