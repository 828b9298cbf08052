namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>Reads a whole template.</summary>
internal sealed class StatementParser
{
    private const int MaxNesting = 100;
    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private int _nesting;
    private int _loops;

    private StatementParser(List<Token> tokens)
    {
        _tokens = new TokenStream(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    /// <summary>Whether a generation block was read.</summary>
    private bool MarksGeneration { get; set; }

    public static (Body Body, bool MarksGeneration) Parse(string template)
    {
        var parser = new StatementParser(Lexer.Read(template));
        var body = parser.ParseBody();
        return (body, parser.MarksGeneration);
    }

    /// <summary>Reads one expression that stands alone, without a template around it, and the names that it reads.</summary>
    public static (Expression Expression, IReadOnlySet<string> Names) ParseExpression(string text)
    {
        var parser = new StatementParser(Lexer.Read("{{" + text + "}}"));
        parser._tokens.Expect(TokenKind.VariableBegin, "an expression");
        var expression = parser._expressions.Parse();
        parser._tokens.Expect(TokenKind.VariableEnd, "the end of the expression");
        if (parser._tokens.Current.Kind != TokenKind.End) throw parser._tokens.Unexpected("the end of the expression");
        return (expression, parser._expressions.NamesRead);
    }

    /// <summary>Reads up to a block tag that begins with one of the names, whose name stays to be read; without names up to the end.</summary>
    private Body ParseBody(params string[] ends)
    {
        if (++_nesting > MaxNesting) throw JinjaFault.Syntax($"blocks nested deeper than {MaxNesting}", _tokens.Current.Line);
        var statements = new List<Statement>();
        while (_tokens.Current.Kind != TokenKind.End)
        {
            var token = _tokens.Next();
            _expressions.BeginTag();
            if (token.Kind == TokenKind.Data) statements.Add(new TextStatement(token.Text, token.Line));
            else if (token.Kind == TokenKind.VariableBegin)
            {
                statements.Add(new PrintStatement(_expressions.ParseTuple(), token.Line));
                _tokens.Expect(TokenKind.VariableEnd, "the end of the print tag");
            }
            else
            {
                var tag = _tokens.Current;
                if (tag.Kind == TokenKind.Name && Array.IndexOf(ends, tag.Text) >= 0)
                {
                    _nesting--;
                    return new Body([.. statements]);
                }
                statements.Add(ParseStatement(_tokens.Expect(TokenKind.Name, "the name of a tag"), ends));
                EndTag();
            }
        }
        if (ends.Length > 0) throw JinjaFault.Syntax($"unexpected end of template, expected {Tags(ends)}", _tokens.Current.Line);
        return new Body([.. statements]);
    }

    private Statement ParseStatement(Token tag, string[] ends) => tag.Text switch
    {
        "if" => ParseIf(tag.Line),
        "for" => ParseFor(tag.Line),
        "set" => ParseSet(tag.Line),
        "macro" => ParseMacro(tag.Line),
        "call" => ParseCall(tag.Line),
        "filter" => ParseFilter(tag.Line),
        "with" => ParseWith(tag.Line),
        "generation" => ParseGeneration(tag.Line),
        "break" or "continue" when _loops == 0 => throw JinjaFault.Syntax($"'{tag.Text}' outside loop", tag.Line),
        "break" => new JumpStatement(Flow.Break, tag.Line),
        "continue" => new JumpStatement(Flow.Continue, tag.Line),
        "include" or "import" or "from" or "extends" or "block" => throw JinjaFault.Syntax($"the tag '{tag.Text}' is not supported: a chat template stands in one file", tag.Line),
        _ => throw JinjaFault.Syntax($"encountered unknown tag '{tag.Text}'{(ends.Length > 0 ? $", expected {Tags(ends)}" : "")}", tag.Line),
    };

    /// <summary>Reads the body of a block and its end tag up to where that tag's end must stand.</summary>
    private Body ParseBlock(string end)
    {
        EndTag();
        var body = ParseBody(end);
        _tokens.ExpectName(end);
        return body;
    }

    private IfStatement ParseIf(int line)
    {
        var branches = new List<(Expression?, Body)>();
        _expressions.Branches++;
        while (true)
        {
            // A condition stands outside of the branches that it opens.
            _expressions.Branches--;
            var condition = _expressions.ParseTuple(conditional: false);
            _expressions.Branches++;
            EndTag();
            branches.Add((condition, ParseBody("elif", "else", "endif")));
            var next = _tokens.Next().Text;
            if (next == "elif") continue;
            if (next == "else") branches.Add((null, ParseBlock("endif")));
            _expressions.Branches--;
            return new IfStatement([.. branches], line);
        }
    }

    private ForStatement ParseFor(int line)
    {
        var target = _expressions.ParseTarget(allowNamespace: false);
        _tokens.ExpectName("in");
        var iterable = _expressions.ParseTuple(conditional: false);
        var condition = _tokens.SkipName("if") ? _expressions.Parse() : null;
        var recursive = _tokens.SkipName("recursive");
        EndTag();
        _loops++;
        var body = ParseBody("endfor", "else");
        _loops--;
        var otherwise = _tokens.Next().Text == "else" ? ParseBlock("endfor") : Body.Empty;
        return new ForStatement(target, iterable, condition, recursive, body, otherwise, line);
    }

    private Statement ParseSet(int line)
    {
        var target = _expressions.ParseTarget(allowNamespace: true);
        if (_tokens.SkipOperator("=")) return new SetStatement(target, _expressions.ParseTuple(), line);
        var filter = _tokens.SkipOperator("|") ? _expressions.ParseFilters(null) : null;
        return new SetBlockStatement(target, filter, ParseCaptured("endset"), line);
    }

    private MacroStatement ParseMacro(int line)
    {
        var name = _tokens.Expect(TokenKind.Name, "the name of the macro").Text;
        return new MacroStatement(ParseDeclaration(name, ParseSignature(), "endmacro"), line);
    }

    private CallStatement ParseCall(int line)
    {
        var parameters = _tokens.Current.IsOperator("(") ? ParseSignature() : [];
        var call = _expressions.Parse() as CallExpression ?? throw JinjaFault.Syntax("expected call", line);
        return new CallStatement(ParseDeclaration("caller", parameters, "endcall"), call, line);
    }

    private MacroDeclaration ParseDeclaration(string name, (string, Expression?)[] parameters, string end)
    {
        var outside = _expressions.NamesRead;
        _expressions.NamesRead = new HashSet<string>(StringComparer.Ordinal);
        var body = ParseCaptured(end);
        var read = _expressions.NamesRead;
        _expressions.NamesRead = outside;
        return new MacroDeclaration(name, parameters, body, read.Contains("varargs"), read.Contains("kwargs"), read.Contains("caller"));
    }

    private (string, Expression?)[] ParseSignature()
    {
        var parameters = new List<(string, Expression?)>();
        _tokens.ExpectOperator("(");
        while (!_tokens.Current.IsOperator(")"))
        {
            if (parameters.Count > 0) _tokens.ExpectOperator(",");
            var name = _tokens.Expect(TokenKind.Name, "the name of a parameter");
            var absent = _tokens.SkipOperator("=") ? _expressions.Parse() : null;
            if (absent is null && parameters.Count > 0 && parameters[^1].Item2 is not null)
                throw JinjaFault.Syntax("non-default argument follows default argument", name.Line);
            parameters.Add((name.Text, absent));
        }
        _tokens.ExpectOperator(")");
        return [.. parameters];
    }

    private FilterStatement ParseFilter(int line)
    {
        var filter = _expressions.ParseFilters(null);
        return new FilterStatement(filter, ParseCaptured("endfilter"), line);
    }

    private WithStatement ParseWith(int line)
    {
        var assignments = new List<(AssignTarget, Expression)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0) _tokens.ExpectOperator(",");
            var target = new NameTarget(_tokens.Expect(TokenKind.Name, "a name to assign to").Text);
            _tokens.ExpectOperator("=");
            assignments.Add((target, _expressions.Parse()));
        }
        return new WithStatement([.. assignments], ParseBlock("endwith"), line);
    }

    private GenerationStatement ParseGeneration(int line)
    {
        MarksGeneration = true;
        return new GenerationStatement(ParseBlock("endgeneration"), line);
    }

    /// <summary>A body whose text goes elsewhere; a loop outside of it cannot be left from inside.</summary>
    private Body ParseCaptured(string end)
    {
        var loops = _loops;
        _loops = 0;
        var body = ParseBlock(end);
        _loops = loops;
        return body;
    }

    private void EndTag() => _tokens.Expect(TokenKind.BlockEnd, "the end of the block tag");

    private static string Tags(string[] names) => string.Join(" or ", names.Select(name => $"'{name}'"));
}
