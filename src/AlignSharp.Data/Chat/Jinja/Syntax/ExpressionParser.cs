using System.Text;
using AlignSharp.Data.Chat.Jinja.Builtins;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>Reads expressions, each method a level of precedence, from the weakest to the strongest.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    private const int MaxNesting = 100;
    private const int MaxOperators = 2000;
    private static readonly string[] Comparisons = ["==", "!=", "<", ">", "<=", ">="];
    private int _nesting;
    private int _operators;

    /// <summary>Names that were read since somebody cleared it; a macro looks for varargs, kwargs and caller here.</summary>
    public HashSet<string> NamesRead { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Inside a branch a filter that does not exist faults only when it is reached, as in Jinja.</summary>
    public int Branches { get; set; }

    /// <summary>Begins a tag: the limit on operators counts per tag, so that no chain of them is too deep to evaluate.</summary>
    public void BeginTag() => _operators = 0;

    public Expression Parse()
    {
        if (++_nesting > MaxNesting) throw JinjaFault.Syntax($"expressions nested deeper than {MaxNesting}", tokens.Current.Line);
        var line = tokens.Current.Line;
        var value = ParseOr();
        while (tokens.SkipName("if"))
        {
            CountOperator();
            Branches++;
            var condition = ParseOr();
            var otherwise = tokens.SkipName("else") ? Parse() : null;
            Branches--;
            value = new ConditionalExpression(condition, value, otherwise, line);
        }
        _nesting--;
        return value;
    }

    /// <summary>One expression, or several with commas between them, which are a tuple.</summary>
    /// <param name="conditional">Whether "a if b" is allowed; not where "if" has another meaning.</param>
    /// <param name="allowEmpty">Whether () is a tuple.</param>
    public Expression ParseTuple(bool conditional = true, bool allowEmpty = false)
    {
        var line = tokens.Current.Line;
        var items = new List<Expression>();
        var isTuple = false;
        while (!IsTupleEnd())
        {
            items.Add(conditional ? Parse() : ParseOr());
            if (!tokens.SkipOperator(",")) break;
            isTuple = true;
        }
        if (isTuple || (items.Count == 0 && allowEmpty)) return new SequenceExpression([.. items], isTuple: true, line);
        return items.Count == 1 ? items[0] : throw tokens.Unexpected("an expression");
    }

    /// <summary>name, space.name, or several with commas.</summary>
    public AssignTarget ParseTarget(bool allowNamespace)
    {
        var targets = new List<AssignTarget>();
        var isTuple = false;
        do
        {
            if (targets.Count > 0) isTuple = true;
            if (isTuple && tokens.Current.Kind != TokenKind.Name && !tokens.Current.IsOperator("(")) break;
            targets.Add(ParseOneTarget(allowNamespace));
            if (tokens.Current.IsName("in")) break;
        }
        while (tokens.SkipOperator(","));
        return isTuple || targets.Count > 1 ? new TupleTarget([.. targets]) : targets[0];
    }

    public ArgumentList ParseArguments()
    {
        var line = tokens.Current.Line;
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? list = null, dictionary = null;
        tokens.ExpectOperator("(");
        while (!tokens.Current.IsOperator(")"))
        {
            var isNamed = tokens.Current.Kind == TokenKind.Name && tokens.Following.IsOperator("=");
            if (dictionary is not null || (!isNamed && list is not null && !tokens.Current.IsOperator("**"))) throw JinjaFault.Syntax("invalid syntax for function call expression", line);
            if (tokens.SkipOperator("*")) list = Parse();
            else if (tokens.SkipOperator("**")) dictionary = Parse();
            else if (isNamed)
            {
                var name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, Parse()));
            }
            else if (named.Count == 0) positional.Add(Parse());
            else throw JinjaFault.Syntax("invalid syntax for function call expression", line);
            if (!tokens.SkipOperator(",")) break;
        }
        tokens.ExpectOperator(")");
        return positional.Count + named.Count == 0 && list is null && dictionary is null ? ArgumentList.Empty : new ArgumentList([.. positional], [.. named], list, dictionary);
    }

    /// <summary>A filter's name and arguments, and the filters chained to it.</summary>
    /// <param name="operand">What is filtered, or null for the body of a block.</param>
    public FilterExpression ParseFilters(Expression? operand)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            var name = ParseDottedName();
            if (!Filters.Exists(name) && Branches == 0) throw Filters.Unknown(name, line);
            var filter = new FilterExpression(operand, name, ParseOptionalArguments(), line);
            CountOperator();
            if (!tokens.SkipOperator("|")) return filter;
            operand = filter;
        }
    }

    private bool IsTupleEnd() => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || tokens.Current.IsOperator(")");

    private AssignTarget ParseOneTarget(bool allowNamespace)
    {
        if (tokens.Current.IsOperator("("))
        {
            if (++_nesting > MaxNesting) throw JinjaFault.Syntax($"expressions nested deeper than {MaxNesting}", tokens.Current.Line);
            tokens.Next();
            var inner = ParseTarget(allowNamespace);
            tokens.ExpectOperator(")");
            _nesting--;
            return inner;
        }
        var name = tokens.Expect(TokenKind.Name, "a name to assign to");
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None") throw JinjaFault.Syntax($"can't assign to '{name.Text}'", name.Line);
        if (!allowNamespace || !tokens.SkipOperator(".")) return new NameTarget(name.Text);
        NamesRead.Add(name.Text);
        return new NamespaceTarget(name.Text, tokens.Expect(TokenKind.Name, "a name behind the dot").Text);
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        for (var line = tokens.Current.Line; tokens.SkipName("or"); CountOperator()) left = new LogicExpression(isAnd: false, left, ParseAnd(), line);
        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        for (var line = tokens.Current.Line; tokens.SkipName("and"); CountOperator()) left = new LogicExpression(isAnd: true, left, ParseNot(), line);
        return left;
    }

    private Expression ParseNot()
    {
        var line = tokens.Current.Line;
        if (!tokens.SkipName("not")) return ParseComparison();
        if (++_nesting > MaxNesting) throw JinjaFault.Syntax($"expressions nested deeper than {MaxNesting}", line);
        var operand = new NotExpression(ParseNot(), line);
        _nesting--;
        return operand;
    }

    private Expression ParseComparison()
    {
        var line = tokens.Current.Line;
        var first = ParseSum();
        List<(string, Expression)>? rest = null;
        while (true)
        {
            var token = tokens.Current;
            string sign;
            if (token.Kind == TokenKind.Operator && Array.IndexOf(Comparisons, token.Text) >= 0) sign = tokens.Next().Text;
            else if (tokens.SkipName("in")) sign = "in";
            else if (token.IsName("not") && tokens.Following.IsName("in"))
            {
                tokens.Next();
                tokens.Next();
                sign = "not in";
            }
            else break;
            (rest ??= []).Add((sign, ParseSum()));
        }
        return rest is null ? first : new CompareExpression(first, [.. rest], line);
    }

    private Expression ParseSum() => ParseChain(ParseConcat, "+", "-");

    private Expression ParseConcat()
    {
        var line = tokens.Current.Line;
        var first = ParseProduct();
        if (!tokens.Current.IsOperator("~")) return first;
        var parts = new List<Expression> { first };
        while (tokens.SkipOperator("~")) parts.Add(ParseProduct());
        return new ConcatExpression([.. parts], line);
    }

    private Expression ParseProduct() => ParseChain(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseChain(() => ParseUnary(), "**");

    private Expression ParseChain(Func<Expression> next, params string[] signs)
    {
        var left = next();
        while (tokens.Current.Kind == TokenKind.Operator && Array.IndexOf(signs, tokens.Current.Text) >= 0)
        {
            var token = tokens.Next();
            CountOperator();
            left = new ArithmeticExpression(token.Text, left, next(), token.Line);
        }
        return left;
    }

    private Expression ParseUnary(bool withFilters = true)
    {
        var token = tokens.Current;
        Expression value;
        if (token.IsOperator("-") || token.IsOperator("+"))
        {
            if (++_nesting > MaxNesting) throw JinjaFault.Syntax($"expressions nested deeper than {MaxNesting}", token.Line);
            tokens.Next();
            value = new SignExpression(token.Text == "-", ParseUnary(withFilters: false), token.Line);
            _nesting--;
        }
        else value = ParsePrimary();
        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private Expression ParsePrimary()
    {
        var token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.Name: return Name(token);
            case TokenKind.Number: return new LiteralExpression(token.Number, token.Line);
            case TokenKind.String:
                if (tokens.Current.Kind != TokenKind.String) return new LiteralExpression(token.Text, token.Line);
                var text = new StringBuilder(token.Text);
                while (tokens.Current.Kind == TokenKind.String) text.Append(tokens.Next().Text);
                return new LiteralExpression(text.ToString(), token.Line);
            case TokenKind.Operator when token.Text == "(":
                if (++_nesting > MaxNesting) throw JinjaFault.Syntax($"expressions nested deeper than {MaxNesting}", token.Line);
                var inner = ParseTuple(allowEmpty: true);
                _nesting--;
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[": return ParseList(token.Line);
            case TokenKind.Operator when token.Text == "{": return ParseDict(token.Line);
            default: throw JinjaFault.Syntax($"unexpected {token}", token.Line);
        }
    }

    private Expression Name(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True": return new LiteralExpression(true, token.Line);
            case "false" or "False": return new LiteralExpression(false, token.Line);
            case "none" or "None": return new LiteralExpression(null, token.Line);
        }
        NamesRead.Add(token.Text);
        return new NameExpression(token.Text, token.Line);
    }

    private SequenceExpression ParseList(int line)
    {
        var items = new List<Expression>();
        while (!tokens.Current.IsOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.SkipOperator(",")) break;
        }
        tokens.ExpectOperator("]");
        return new SequenceExpression([.. items], isTuple: false, line);
    }

    private DictExpression ParseDict(int line)
    {
        var members = new List<(Expression, Expression)>();
        while (!tokens.Current.IsOperator("}"))
        {
            var key = Parse();
            tokens.ExpectOperator(":");
            members.Add((key, Parse()));
            if (!tokens.SkipOperator(",")) break;
        }
        tokens.ExpectOperator("}");
        return new DictExpression([.. members], line);
    }

    private Expression ParsePostfix(Expression value)
    {
        for (; ; CountOperator())
        {
            var line = tokens.Current.Line;
            if (tokens.SkipOperator(".")) value = ParseMember(value, line);
            else if (tokens.SkipOperator("[")) value = ParseSubscript(value, line);
            else if (tokens.Current.IsOperator("(")) value = new CallExpression(value, ParseArguments(), line);
            else return value;
        }
    }

    private Expression ParseMember(Expression owner, int line)
    {
        var member = tokens.Next();
        return member.Kind switch
        {
            TokenKind.Name => new AttributeExpression(owner, member.Text, line),
            TokenKind.Number when member.Number is long => new ItemExpression(owner, new LiteralExpression(member.Number, line), line),
            _ => throw JinjaFault.Syntax("expected name or number behind the dot", member.Line),
        };
    }

    private Expression ParseSubscript(Expression owner, int line)
    {
        var start = tokens.Current.IsOperator(":") ? null : ParseTupleInBrackets();
        if (tokens.SkipOperator("]")) return new ItemExpression(owner, start ?? throw tokens.Unexpected("an expression"), line);
        tokens.ExpectOperator(":");
        var stop = IsSliceEnd() ? null : Parse();
        var step = tokens.SkipOperator(":") && !IsSliceEnd() ? Parse() : null;
        tokens.ExpectOperator("]");
        return new SliceExpression(owner, start, stop, step, line);
    }

    private Expression ParseTupleInBrackets()
    {
        var line = tokens.Current.Line;
        var items = new List<Expression> { Parse() };
        while (tokens.SkipOperator(",")) items.Add(Parse());
        return items.Count == 1 ? items[0] : new SequenceExpression([.. items], isTuple: true, line);
    }

    private bool IsSliceEnd() => tokens.Current.IsOperator("]") || tokens.Current.IsOperator(":");

    private Expression ParseFiltersAndTests(Expression value)
    {
        for (; ; CountOperator())
        {
            var line = tokens.Current.Line;
            if (tokens.SkipOperator("|")) value = ParseFilters(value);
            else if (tokens.SkipName("is")) value = ParseTest(value, line);
            else if (tokens.Current.IsOperator("(")) value = new CallExpression(value, ParseArguments(), line);
            else return value;
        }
    }

    private Expression ParseTest(Expression value, int line)
    {
        var negated = tokens.SkipName("not");
        var name = ParseDottedName();
        if (!Tests.Exists(name) && Branches == 0) throw Tests.Unknown(name, line);
        var test = new TestExpression(value, name, ParseTestArguments(), line);
        return negated ? new NotExpression(test, line) : test;
    }

    /// <summary>A test takes its argument in brackets or, if it is one, without: x is divisibleby 3.</summary>
    private ArgumentList ParseTestArguments()
    {
        var token = tokens.Current;
        if (token.IsOperator("(")) return ParseArguments();
        if (token.IsName("is")) throw JinjaFault.Syntax("You cannot chain multiple tests with is", token.Line);
        var isArgument = token.Kind is TokenKind.Name or TokenKind.String or TokenKind.Number || token.IsOperator("[") || token.IsOperator("{");
        if (!isArgument || token.IsName("else") || token.IsName("or") || token.IsName("and")) return ArgumentList.Empty;
        return new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
    }

    private ArgumentList ParseOptionalArguments() => tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty;

    private string ParseDottedName()
    {
        var name = tokens.Expect(TokenKind.Name, "a name").Text;
        for (; tokens.SkipOperator("."); CountOperator()) name += "." + tokens.Expect(TokenKind.Name, "a name").Text;
        return name;
    }

    private void CountOperator()
    {
        if (++_operators > MaxOperators) throw JinjaFault.Syntax($"more than {MaxOperators} operators in one tag", tokens.Current.Line);
    }
}
