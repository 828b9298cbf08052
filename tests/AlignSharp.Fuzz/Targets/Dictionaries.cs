namespace AlignSharp.Fuzz.Targets;

/// <summary>Words of each format: mutations of bytes alone seldom make one.</summary>
internal static class Dictionaries
{
    public static readonly string[] Json =
    [
        "{", "}", "[", "]", "\"", ":", ",", "null", "true", "false", "0", "-1", "1e999", "1e-999", "9223372036854775808", "\\ud800", "\\udc00", "\\u0000",
        "\uFEFF", "{\"\\ud800\":1}", "\r\n", "\n", "//", "/*", "NaN", "[[[[[[[[[[", "]]]]]]]]]]", "{\"a\":", "123456789012345678901234567890",
    ];

    public static readonly string[] Messages =
    [
        .. Json, "\"role\":", "\"content\":", "\"user\"", "\"assistant\"", "\"system\"", "\"tool\"", "\"tool_calls\":", "\"name\":", "{\"role\":\"user\",\"content\":\"x\"}",
    ];

    public static readonly string[] Rows =
    [
        .. Messages, "\"prompt\":", "\"chosen\":", "\"rejected\":", "\"messages\":", "\"text\":", "\"completion\":", "\"input_ids\":", "\"labels\":", "\"tools\":",
        "\"prompt_ids\":", "\"chosen_ids\":", "\"rejected_ids\":", "[1,2,3]", "-100", "2147483648", "{}\n", "[]",
    ];

    public static readonly string[] Delimited = [",", "\"", "\"\"", "\r\n", "\n", "\"\n\"", ",,,", "prompt", "chosen", "rejected", "text", "\uFEFF", "\0", ";", "\t", "'"];

    public static readonly string[] TokenizerJson =
    [
        .. Json, "\"type\":", "\"Sequence\"", "\"normalizers\":", "\"pretokenizers\":", "\"decoders\":", "\"Prepend\"", "\"Replace\"", "\"NFC\"", "\"NFKD\"", "\"Lowercase\"",
        "\"StripAccents\"", "\"Strip\"", "\"ByteLevel\"", "\"Metaspace\"", "\"Split\"", "\"Digits\"", "\"Whitespace\"", "\"WhitespaceSplit\"", "\"Punctuation\"",
        "\"TemplateProcessing\"", "\"ByteFallback\"", "\"Fuse\"", "\"pattern\":", "\"Regex\":", "\"String\":", "\"behavior\":", "\"Isolated\"", "\"Contiguous\"", "\"invert\":true",
        "\"content\":", "\"merges\":", "\"vocab\":", "\"id\":", "\"special\":true", "\"normalized\":true", "\"lstrip\":true", "\"rstrip\":true", "\"single_word\":true", "\"unk_token\":",
        "\"byte_fallback\":true", "\"fuse_unk\":true", "\"ignore_merges\":true", "\"prepend_scheme\":", "\"first\"", "\"always\"", "4194303", "2147483647", "(a+)+", "(?!\\\\S)", "\\\\p{L}",
    ];

    public static readonly string[] TokenizerConfig =
    [
        .. Json, "\"bos_token\":", "\"eos_token\":", "\"pad_token\":", "\"unk_token\":", "\"additional_special_tokens\":", "\"content\":", "\"</s>\"", "\"<s>\"", "\"a\"", "\"chat_template\":",
        "\"name\":", "\"default\"", "\"template\":", "\"tokenizer_class\":", "\"LlamaTokenizer\"", "\"legacy\":false", "\"add_bos_token\":true", "\"add_eos_token\":true",
        "\"added_tokens_decoder\":", "\"0\":", "\"4194303\":", "\"special\":true", "\"normalized\":true", "{{ messages }}", "{% if %}",
    ];

    public static readonly string[] TokenizerModel = ["\n", "\r\x15", "\u2581", "<0x41>", "<unk>", "\x18\x03", "\x18\x06", "\x12\x02", "\x1a\x02", "\x80\x80\x80\x80", "\x7f", "\x01"];

    public static readonly string[] Template =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "{% for m in messages %}", "{% endfor %}", "{% if ", "{% elif ", "{% else %}", "{% endif %}", "{% set ns = namespace(x=1) %}",
        "{% set ns.x = ", "{% set x %}", "{% endset %}", "{% macro f(a, b=1) %}", "{% endmacro %}", "{% call f(1) %}", "{% endcall %}", "{{ f(", "{% generation %}", "{% endgeneration %}",
        "{% filter upper %}", "{% endfilter %}", "{% with a = 1 %}", "{% endwith %}", "{% raw %}", "{% endraw %}", "{% break %}", "{% continue %}", " recursive", "loop(", "loop.changed(",
        "messages", "tools", "m.content", "['role']", "[0]", "[-1]", "[::-1]", "[1:", ".items()", ".split(", ".strip()", ".replace('a', 'bb')", ".join(", ".format(", ".center(", ".ljust(",
        ".find(", ".count(", ".startswith(", ".title()", ".splitlines()", ".zfill(", ".get(", "|tojson", "|tojson(indent=4)", "|trim", "|join(', ')", "|map(attribute='content')", "|map('upper')",
        "|selectattr('role', 'equalto', 'user')", "|rejectattr(", "|list", "|length", "|first", "|last", "|reverse", "|sort", "|unique", "|groupby('role')", "|batch(2)", "|slice(3)", "|default(",
        "|indent(2)", "|truncate(", "|round(", "|int", "|float", "|string", "|dictsort", "|sum", "|max", "|replace(", "|format(", "|title", "|center(", "|wordcount", "|items", "|attr('x')", "|e",
        " is defined", " is string", " is mapping", " is divisibleby 3", " is in [1]", " not in ", " in ", " and ", " or ", " not ", " if ", " else ", "**", "//", "%", "~", "==", "<=", "range(", "dict(",
        "namespace(", "raise_exception(", "strftime_now('%Y %c')", "caller()", "varargs", "kwargs", "'%5.1f' % ", "'%s'", "'{}'", "'a' * 1000", "2 ** 99", "1e999", "9223372036854775807",
        "-9223372036854775808", "4294967297", "0x7f", "'\\ud800'", "'\\U0001F600'", "none", "true", "(1,)", "[[1, 2]]", "{'a': 1}", "*x", "**x", "__class__",
    ];

    public static readonly string[] Text =
    [
        "<s>", "</s>", "<unk>", "<|endoftext|>", "\u2581", " ", "  ", "\n\n", "'s", "\u0301", "\u00E9", "\uFFFE", "\uFFFF", "\uFEFF", "\u200D", "\U0001F600", "\u202E", "\0", "12345", "hello", "<0x41>", "\u0120",
    ];
}
