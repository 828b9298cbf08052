using System.Text.Json;
using AlignSharp.Data.Chat;

namespace AlignSharp.Benchmarks.Render;

/// <summary>A conversation and the template that makes a text of it. The templates are written for this benchmark, after what their models print.</summary>
internal sealed record RenderCase(string Name, string Template, IReadOnlyList<ChatMessage> Messages, JsonElement? Tools)
{
    private const string ChatMl = """
        {%- for message in messages %}
        {{- '<|im_start|>' + message['role'] + '\n' + message['content'] | trim + '<|im_end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
        {{- '<|im_start|>assistant\n' }}
        {%- endif %}
        """;

    private const string Headers = """
        {{- bos_token }}
        {%- set first = 0 %}
        {%- if messages[0].role == 'system' %}
            {%- set system = messages[0].content | trim %}
            {%- set first = 1 %}
        {%- else %}
            {%- set system = 'You are a helpful assistant.' %}
        {%- endif %}
        {{- '<|start_header_id|>system<|end_header_id|>\n\nToday is ' + strftime_now('%d %b %Y') + '.\n' + system + '<|eot_id|>' }}
        {%- for message in messages[first:] %}
            {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
                {{- raise_exception('Roles must alternate user and assistant') }}
            {%- endif %}
            {{- '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\n\n' }}
            {%- if message.role == 'assistant' %}
                {%- generation %}{{- message.content | trim ~ '<|eot_id|>' }}{%- endgeneration %}
            {%- else %}
                {{- message.content | trim ~ '<|eot_id|>' }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}
        """;

    private const string Calls = """
        {%- if tools %}
            {{- '<|im_start|>system\n' }}
            {%- if messages[0].role == 'system' %}{{- messages[0].content ~ '\n\n' }}{%- endif %}
            {{- 'You may call these functions:\n<tools>' }}
            {%- for tool in tools %}{{- '\n' ~ (tool | tojson) }}{%- endfor %}
            {{- '\n</tools>\nAnswer with <tool_call>{"name": ..., "arguments": ...}</tool_call>.<|im_end|>\n' }}
        {%- endif %}
        {%- set ns = namespace(last=messages | length - 1) %}
        {%- for message in messages[::-1] %}
            {%- if message.role == 'user' and message.content is string %}{%- set ns.last = messages | length - loop.index %}{%- break %}{%- endif %}
        {%- endfor %}
        {%- for message in messages %}
            {%- if message.role == 'assistant' %}
                {%- set content = message.content or '' %}
                {%- if '</think>' in content and loop.index0 <= ns.last %}{%- set content = content.split('</think>')[-1].lstrip('\n') %}{%- endif %}
                {{- '<|im_start|>assistant\n' ~ content }}
                {%- for call in message.tool_calls or [] %}
                    {{- '\n<tool_call>\n{"name": "' ~ call.function.name ~ '", "arguments": ' ~ (call.function.arguments | tojson) ~ '}\n</tool_call>' }}
                {%- endfor %}
                {{- '<|im_end|>\n' }}
            {%- elif message.role == 'tool' %}
                {{- '<|im_start|>user\n<tool_response>\n' ~ message.content ~ '\n</tool_response><|im_end|>\n' }}
            {%- elif not (loop.first and tools) or message.role == 'user' %}
                {{- '<|im_start|>' ~ message.role ~ '\n' ~ message.content ~ '<|im_end|>\n' }}
            {%- endif %}
        {%- endfor %}
        """;

    private static readonly ChatMessage[] TwoTurns =
    [
        new("user", "How do I turn a list of words into a table of how often each occurs, without a library?"),
        new("assistant", "Walk through the list once and count in a dictionary:\n\ncounts = {}\nfor word in words:\n    counts[word] = counts.get(word, 0) + 1\n\nSort its items by their second part for the table."),
        new("user", "And how do I ignore case?"),
        new("assistant", "Count word.casefold() in place of word; it also folds what lower() leaves apart, such as ß and ss."),
    ];

    /// <summary>The cases, the plainest first.</summary>
    public static IReadOnlyList<RenderCase> All { get; } =
    [
        new("chatml", ChatMl, TwoTurns, null),
        new("headers", Headers, TwoTurns, null),
        new("tools", Calls, ChatMessage.ListFromJson(JsonElement.Parse(
            """
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is the weather in Kassel, and what time is it there?"},
             {"role": "assistant", "content": "<think>Two calls.</think>", "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "Kassel", "days": 1}}},
                {"function": {"name": "clock", "arguments": {"zone": "Europe/Berlin"}}}]},
             {"role": "tool", "content": "{\"sky\": \"clear\", \"celsius\": 17.5}"}, {"role": "tool", "content": "14:05"},
             {"role": "assistant", "content": "It is clear at 17.5 degrees, and five past two."}]
            """)), JsonElement.Parse(
            """
            [{"type": "function", "function": {"name": "weather", "description": "Forecast of a city", "parameters": {"type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}}, "required": ["city"]}}},
             {"type": "function", "function": {"name": "clock", "description": "Time of a zone", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}}}}]
            """)),
    ];
}
