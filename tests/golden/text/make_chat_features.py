"""Writes chat_features.jsonl: small templates of our own and what Python's Jinja2 makes of them, set up as transformers does.

    python3 make_chat_features.py > chat_features.jsonl
"""
import json
from datetime import datetime

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 3, 7, 14, 5, 9)
CONTEXT = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "  Grüße 👋🏽, it's \"fine\"\n"},
        {"role": "assistant", "content": "Ok 😀", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1, "y": 2.0, "z": None}}}]},
        {"role": "user", "content": [{"type": "text", "text": "<a & b>"}, {"type": "image"}]},
    ],
    "bos_token": "<s>",
    "flag": True,
    "big": 123456789012345678901234567890,
    "floats": [0.1, 1.0, 1e16, 1e15, 1.5e-7, 0.0001, 0.00001, 123456.789, -0.0, 1e22, 5e-324, 1.7976931348623157e308, 100000.0],
    "items_like": {"items": [1, 2], "get": "g", "b": 1, "a": {"k": [True, False, None]}, "sort": "s", "n-1": "\t'q'\u00a0\u200b\x00é"},
    "words": ["pear", "Apple", "fig", "apple", "Fig"],
    "people": [{"name": "Bo", "age": 3, "city": "Rom"}, {"name": "al", "age": 30, "city": "Ulm"}, {"name": "Cy", "age": 3, "city": "Rom"}],
}


class Generation(Extension):
    """The generation tag of transformers, with the places where its bodies stand in the output."""

    tags = {"generation"}

    def __init__(self, environment):
        super().__init__(environment)
        self.blocks, self.spans = None, None

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_mark"), [], [], body).set_lineno(line)

    @jinja2.pass_eval_context
    def _mark(self, context, caller):
        text = caller()
        start = len("".join(self.blocks))
        self.spans.append([start, start + len(text)])
        return text


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def render(text):
    env = environment()
    tracker = next(e for e in env.extensions.values() if isinstance(e, Generation))
    template = env.from_string(text)
    tracker.blocks, tracker.spans = [], []
    for block in template.root_render_func(template.new_context(CONTEXT)):
        tracker.blocks.append(block)
    return "".join(tracker.blocks), tracker.spans


# Printed one by one: {{ expression }}.
EXPRESSIONS = r"""
1 + 2 * 3 ** 2
2 ** 3 ** 2
-2 ** 2
2 ** -1
7 // 2, -7 // 2, 7 // -2, 7.5 // 2, -7.5 // 2
7 % 3, -7 % 3, 7 % -3, 7.5 % 2, -7.5 % 2
1 / 3, 6 / 2, 1e3, 1_000, 0x1f, 0b101, 0o17, 1.5e-7
9223372036854775807 + 1
9223372036854775807 * 9223372036854775807
-9223372036854775808 - 1
2 ** 100
big, big + 1, -big, big // 7, big % 7
big == 123456789012345678901234567890
floats
floats | map('string') | join(' ')
1 / 0
1.0 / 0
1 % 0
1 == 1.0, 1 == true, 0 == false, 'a' == 'b', [1] == [1.0], (1, 2) == [1, 2], none == false
1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2, 'a' < 'b', [1, 2] < [1, 3], (1,) < (1, 2)
'a' < 1
none < 1
undefined_name < 1
1 in [1, 2], 3 not in [1, 2], 'a' in 'cat', 'x' in {'x': 1}, 1 in (1,), 'role' in messages[0]
1 in 'abc'
1 in none
1 in undefined_name
true and 'x', false and 'x', '' or 'y', 0 or none, not '', not 'x', not not 1
'a' if false
'a' if true else 'b', 'a' if false else 'b' if false else 'c'
(1 if flag else 2.5), (1 if not flag else 2.5)
'a' 'b' "c"
'a' ~ 1 ~ 2.0 ~ none ~ true ~ undefined_name ~ [1, 'x']
'a' + 1
'a' + none
[1] + [2], (1,) + (2,), 'x' * 3, [0] * 3, 2 * 'ab', 'x' * 0, 'x' * -1, true + true
[1] + (2,)
{} + {}
1 + 'a'
'a' * 'b'
'a' - 'b'
-'a'
none + 1
undefined_name + 1
undefined_name
undefined_name.x
messages[0].nothing
messages[0].nothing.more
messages[0]['nothing']
messages[99]
messages[99].x
messages[-1].role
messages['x'].y
none.x.y
(1).x.y
'abc'.x.y
'abc'[0], 'abc'[-1], 'abc'[5], 'a😀c'[1], 'a😀c'[2], 'a😀c' | length
'abc'[5].x
'a😀cdef'[::-1], 'a😀cdef'[1:3], 'a😀cdef'[-2:], 'a😀cdef'[:-2], 'a😀cdef'[::2], 'abc'[5:], 'abc'[2:1], 'abc'[-9:9]
[1, 2, 3, 4][::-1], [1, 2, 3, 4][1:3], [1, 2, 3, 4][-2:], [1, 2, 3, 4][3:0:-1], [1, 2, 3, 4][::2], (1, 2, 3)[1:], range(10)[2:8:2]
[1, 2][::0]
none[1:]
5[1:]
[1, 2]['a':]
range(5), range(1, 4), range(0, 10, 3), range(5) | list, range(5, 0, -2) | list, range(3)[1], range(3) | length
range(0, 3, 0)
range(200000)
range(1.5)
[], [1], (1,), (), (1, 2), {}, {'a': 1, 2: none, none: 3, true: 4.0}
{1: 'a', true: 'b', 1.0: 'c'}
{[1]: 2}
'it\'s', ["it's"], ['say "x"'], ['both \' and "'], ['\\', '\n\t\r', '\x00\x7f\xa0', 'é', '\u200b', '\U0001f600', '\U000e0001']
'\q', '\x41\u00e9\U0001f600\101'
items_like
items_like.items() | list
items_like['items'], items_like.get('get'), items_like['get'], items_like.sort, items_like.a.k
items_like.keys(), items_like.values() | list | length, {'a': 1}.items(), {'a': 1}.keys() | list
items_like.get('nope'), items_like.get('nope', 5)
items_like.update({'x': 1})
[1].append(2)
'x'.__class__
items_like.__class__
items_like._x
messages.0.role, messages.1['role']
'a b  c '.split(), 'a b  c '.split(' '), 'a,b,c'.split(',', 1), ' a b c '.split(none, 1), ''.split(), ''.split(','), 'a,b,c'.split(sep=',', maxsplit=1)
'a b  c '.rsplit(), 'a,b,c'.rsplit(',', 1), ' a b c '.rsplit(none, 1), 'a'.rsplit(), ''.rsplit(',')
'a'.split('')
'a\nb\r\nc\x0bd\u2028e'.splitlines(), 'a\nb\n'.splitlines(true)
'  x '.strip() ~ '|', '  x '.lstrip() ~ '|', '  x '.rstrip() ~ '|', 'xxaxx'.strip('x'), 'xyaxy'.lstrip('yx'), 'a\n'.rstrip('\n'), '\x1c\x85 x\u3000'.strip(), 'a😀'.strip('😀')
'abc'.startswith('a'), 'abc'.startswith(('x', 'a')), 'abc'.endswith('bc'), 'abc'.startswith('b', 1), 'abc'.endswith('b', 0, 2)
'abc'.startswith(1)
'aXbX'.replace('X', '-'), 'aXbX'.replace('X', '-', 1), 'abc'.replace('', '.'), 'abc'.replace('', '.', 2), 'aaa'.replace('aa', 'b')
'hello world'.title(), "they're bill's".title(), 'hello'.capitalize(), 'ÉCOLE straße'.lower(), 'straße'.upper(), 'aBc'.swapcase(), 'ÀB'.casefold()
'abcabc'.find('c'), 'abcabc'.rfind('c'), 'abc'.find('x'), '😀c'.find('c'), 'abcabc'.find('c', 3), 'abc'.index('c'), 'abcabc'.count('b'), 'abc'.count('')
'abc'.index('x')
'12'.isdigit(), ''.isdigit(), 'a1'.isalnum(), 'ab'.isalpha(), ' \t'.isspace(), 'ab'.islower(), 'AB'.isupper(), 'A1'.isupper(), '1'.isupper(), 'Ab Cd'.istitle()
'x'.join(['1', '2']), ','.join('abc'), ''.join([])
','.join([1, 2])
','.join(none)
'a-b-c'.partition('-'), 'a-b-c'.rpartition('-'), 'abc'.partition('-'), 'abc'.rpartition('-')
'abc'.removeprefix('a'), 'abc'.removesuffix('c'), 'abc'.removeprefix('x'), '5'.zfill(3), '-5'.zfill(4), 'ab'.center(7), 'ab'.center(6, '*'), 'abc'.center(6), 'abc'.center(7), 'a'.ljust(3) ~ '|', 'a'.rjust(3, '.')
'{} {}'.format(1, 'a'), '{1} {0}'.format(1, 2), '{x}'.format(x=3), '{{}}'.format(), '{}'.format(none)
'%s and %r' % ('a', 'b'), '%d%%' % 5, '%05.2f' % 3.14159, '%x %X' % (255, 255), '%-5s|' % 'a', '%+d' % 3, '%(a)s' % {'a': 1}, '%5s' % 'ab', '%e' % 12345.678
'%d' % 'a'
'%s' % ('a', 'b')
'%s %s' % 'a'
1.0.is_integer()
5.5.is_integer(), [1, 2, 1].count(1), [1, 2].index(2), (1, 2).index(2)
'abc' | upper, 'ABC' | lower, 'heLLo wOrld' | capitalize, 'hello-world (foo) [bar] they\'re' | title, ' x ' | trim ~ '|', 'xax' | trim('x'), none | trim, 5 | upper
[1, 2, 3] | length, 'a😀' | length, {} | length, undefined_name | length, messages | count
none | length
5 | length
[3, 1, 2] | sort, words | sort, words | sort(case_sensitive=true), words | sort(reverse=true), people | sort(attribute='age') | map(attribute='name') | list, people | sort(attribute='age,name') | map(attribute='name') | list
[1, 'a'] | sort
words | unique | list, words | unique(case_sensitive=true) | list, [1, 1.0, true, 2] | unique | list, people | unique(attribute='city') | map(attribute='name') | join
{'b': 1, 'A': 2, 'c': 0} | dictsort, {'b': 1, 'A': 2} | dictsort(true), {'b': 1, 'a': 2} | dictsort(by='value'), {'b': 1, 'a': 2} | dictsort(reverse=true)
[1, 2, 3] | first, [] | first, 'abc' | last, [1, 2] | last, [] | last, range(3) | last
[] | first + 1
[1, 2, 3] | sum, [1.5, 2] | sum, people | sum('age'), [[1], [2]] | sum(start=[]), [] | sum
[3, 1, 2] | max, [3, 1, 2] | min, words | max, [] | max, people | max(attribute='age')
people | groupby('city') | list
people | groupby('city') | map(attribute='grouper') | list, (people | groupby('city'))[0].list | length
[1, 2, 3, 4, 5] | batch(2) | list, [1, 2, 3] | batch(2, 0) | list, [1, 2, 3, 4, 5] | slice(2) | list, [1, 2, 3, 4, 5] | slice(3, 0) | list
'abc' | reverse, [1, 2, 3] | reverse | list, {'a': 1, 'b': 2} | reverse | list, (1, 2) | reverse | list
'a\nb\n\nc' | indent, 'a\nb' | indent(2, true), 'a\n\nb' | indent(2, blank=true), 'a\nb' | indent('> '), '' | indent(first=true), 'a\n' | indent(2)
none | indent
'abc' | replace('b', 'x'), 5 | replace(5, 6), 'aaa' | replace('a', 'b', 2)
'12' | int, '12.7' | int, 'x' | int, 'x' | int(5), 3.9 | int, -3.9 | int, '0x1f' | int(base=16), 'ff' | int(0, 16), none | int, true | int, ' 7 ' | int, '1_000' | int
'1.5' | float, 'x' | float, 'x' | float(2.5), 3 | float, none | float, '1e3' | float, 'inf' | float, 'nan' | float
2.5 | round, 3.5 | round, 2.567 | round(2), 2.1 | round(0, 'ceil'), 2.9 | round(method='floor'), 5 | round, 5 | round(1, 'ceil')
-5 | abs, -5.5 | abs, 'a' | string, none | string, [1] | string | length
undefined_name | default('d'), none | default('d'), none | default('d', true), '' | d('e', boolean=true), messages[0].nope | default([])
'<a href="x">\'&' | e
('<' | escape) ~ ('<' | safe) ~ ('>' | forceescape)
'abc' | list, {'a': 1} | list, undefined_name | list, {'a': 1} | items | list, undefined_name | items | list
5 | list
5 | items | list
[1, 2] | join, [1, 2] | join(', '), people | join('-', attribute='name'), [none, true, 1.0] | join('|'), undefined_name | join(','), 'abc' | join('.')
messages | map(attribute='role') | list, ['a', 'b'] | map('upper') | join, [[1, 2], [3]] | map('length') | list, people | map(attribute='zip', default='?') | list, [' a '] | map('trim') | list, [1, 2] | map('string') | list
messages | selectattr('role', 'equalto', 'user') | list | length, messages | selectattr('tool_calls') | list | length, messages | rejectattr('role', '==', 'user') | map(attribute='role') | join(','), messages | selectattr('tool_calls', 'defined') | map(attribute='role') | list
[1, 2, 3, 4] | select('odd') | list, [1, 2, 3, 4] | reject('odd') | list, [0, 1, '', 'a'] | select | list, [1, 5, 3] | select('>', 2) | list, [1, 2, 3] | select('in', [1, 3]) | list, messages | selectattr('content', 'string') | list | length
messages | selectattr('tool_calls.0.function.name', 'defined') | map(attribute='tool_calls.0.function.name') | list
[1] | select('even') | length
([] | select) is true, (not ([] | select)), ([] | select) is iterable, ([] | select) is sequence
[1, 2] | map('nope') | list
[1, 2] | select('nope') | list
'a b' | wordcount, 'hello big world' | truncate(11), 'hello big world' | truncate(8, true), 'hello big world' | truncate(8, false, '!', 0), 'ab' | center(6) ~ '|', '%s-%s' | format('a', 'b'), '%(x)s' | format(x=1)
'x' | nope
'x' is nope
{'a': [1, 2.0, none, true, 'ü"\n\x01\x7f<>&\'']} | tojson
{'a': [1, {'b': []}], 'c': {}} | tojson(indent=2)
{'b': 1, 'a': 2} | tojson(sort_keys=true), {'a': [1, 2]} | tojson(separators=(',', ':')), 'ü😀' | tojson(ensure_ascii=true), {1: 2, none: 3, true: 4, 1.5: 5} | tojson, (1, 2) | tojson, big | tojson, floats | tojson, 'nan' | float | tojson
[1, [2]] | tojson(indent=1), [] | tojson(indent=2), messages[2] | tojson
undefined_name | tojson
range(3) | tojson
items_like.items() | tojson
'a' is string, 1 is number, true is number, 1.0 is float, 1 is integer, true is integer, true is boolean, none is none, {} is mapping, [] is mapping
[] is sequence, {} is sequence, 'a' is sequence, 5 is sequence, none is sequence, range(3) is sequence, undefined_name is sequence, items_like.items() is sequence
[] is iterable, 'a' is iterable, 5 is iterable, none is iterable, undefined_name is iterable, {} is iterable, items_like.items() is iterable
x is defined, messages is defined, x is undefined, x is not defined, messages[0].x is defined, messages[0].role is defined
1 is odd, 2 is even, 4 is divisibleby 2, 4 is divisibleby(3), 1 is eq 1, 1 is ne 2, 1 is lt 2, 3 is ge 3, 2 is greaterthan 1, 'a' is in ['a'], 'a' is in 'abc', none is sameas none, 1 is sameas 1, 'a' is lower, 'A' is upper, range is callable, 'trim' is filter, 'nope' is filter, 'odd' is test, true is true, 1 is true, false is false, 'x' is escaped
'a' is equalto 'a' and 'b' is not equalto 'a'
not x is defined, not 'a' is string or true
namespace(a=1).a, namespace({'b': 2}).b, namespace().x is defined, dict(a=1), dict({'a': 1}, b=2), dict([('a', 1)])
strftime_now('%d %b %Y'), strftime_now('%A %a %B %m %y %H:%M:%S %I %p %j %-d %F %T %% %e')
raise_exception('no: ' ~ 1)
messages[1].content, [messages[1].content], messages[3].content
undefined_name(1)
'x'(1)
messages[0].nope()
[1, 2, 3] | map(attribute='x.y') | list
[1, 2, 3] | map(attribute='x') | list
'a\\nb' | length, 'back\\\\slash'
(1, 2) | list, (1), ((1,)), [1, 2,], {'a': 1,}
1.5 | string ~ 'a', 1 | string | length, -1 | abs, (-1) | abs, -1 + 2 | abs
'a' ~ 'b' * 2, 1 ~ 2 ~ 3, ('x' ~ 1) + '2'
1 + 2 ~ 3
'a' if 'b' in 'abc' and not false else 'c'
not 1 in [1], not (1 in [1])
[x for x in y]
1 +
{{}}
'abc
'a' | default('b') | upper | length, ('a' | upper).lower(), ('a,b' | upper).split(',')
messages | length > 3 and messages[-1].role == 'user'
'%c' % 'x'
1 is number is string
""".strip("\n").split("\n")

TEMPLATES = r"""
a
  {% if true %}
  b
  {% endif %}
  c
=====
  {%- if true -%}
 d 
{%- endif -%}
  e
=====
x  {%+ if true %} y {% endif +%}
z
=====
{% if true +%}
kept newline
{%+ endif %}
=====
  {# comment #}
a  {# c #}  b
{#- strip -#}   c
{# multi
line #}
d
=====
{{ 'a' -}}
   b
   {{- 'c' }}
d {{ 'e' }}
{{+ 'f' }}
=====
{% raw %}{{ not }} {% this %}{% endraw %}
  {% raw %}
 x
  {% endraw %}
y
{%- raw -%}  z  {%- endraw -%}  !
=====
{% for i in range(3) %}
	{{ i }}
{% endfor %}
=====
{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem.role if not loop.first }}{{ loop.nextitem.role if loop.nextitem is defined }}{{ loop.cycle('a', 'b') }}{{ loop.changed(m.role) }}{{ loop.depth }};{% else %}none{% endfor %}
=====
{% for x in [] %}a{% else %}empty{% endfor %}|{% for x in undefined_name %}a{% else %}empty{% endfor %}|{% for c in 'a😀b' %}[{{ c }}]{% endfor %}|{% for k in items_like %}{{ k }},{% endfor %}
=====
{% for x in none %}a{% endfor %}
=====
{% for x in 5 %}a{% endfor %}
=====
{% for a, b in [(1, 2), [3, 4], 'xy'] %}{{ a }}-{{ b }};{% endfor %}{% for k, (a, b) in [(1, (2, 3))] %}{{ k + a + b }}{% endfor %}
=====
{% for a, b in [(1, 2, 3)] %}{% endfor %}
=====
{% for a, b in [(1,)] %}{% endfor %}
=====
{% for a, b in [1] %}{% endfor %}
=====
{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = 5 %}{{ x }};{% endfor %}{{ x }}{% if true %}{% set x = 9 %}{% endif %}{{ x }}
=====
{% set ns = namespace(n=0, seen=[]) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% set ns.seen = ns.seen + [m.role] %}{% endfor %}{{ ns.n }}{{ ns.seen }}
=====
{% set x = {} %}{% set x.a = 1 %}
=====
{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d) = [3, 4] %}{{ c }}{{ d }}{% set t = 1, %}{{ t }}{% set u = () %}{{ u }}
=====
{% set block %}  hello {{ 1 + 1 }}
{% endset %}[{{ block }}]{% set up | upper | trim %} abc {% endset %}[{{ up }}]
=====
{% macro f(a, b='z', c=a) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, 2) }}{{ f(b=3, a=4) }}{{ f() }}{{ f(*[1, 2], **{'c': 3}) }}{{ f.name }}
=====
{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}
=====
{% macro f(a) %}{{ a }}{% endmacro %}{{ f(b=2) }}
=====
{% macro f(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, 3, x=4) }}{{ f() }}
=====
{% macro f(a) %}{{ a.x }}{% endmacro %}{{ f() }}
=====
{% macro fact(n) %}{{ n * (fact(n - 1) | int) if n > 1 else 1 }}{% endmacro %}{{ fact(5) }}
=====
{% macro list_of(items) %}<{% for i in items %}{{ caller(i, loop.index) }}{% endfor %}>{% endmacro %}{% call(item, n) list_of(['a', 'b']) %}{{ n }}={{ item }} {% endcall %}
=====
{% macro outer() %}{{ inner() }}{% endmacro %}{% macro inner() %}late {{ later }}{% endmacro %}{% set later = 'value' %}{{ outer() }}
=====
{% filter upper | trim %}  shout {{ 'x' }} {% endfilter %}|{% filter replace('a', 'b') %}aXa{% endfilter %}
=====
{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }}
=====
{% for i in range(10) %}{% if i is odd %}{% continue %}{% endif %}{% if i > 6 %}{% break %}{% endif %}{{ i }}{% else %}never{% endfor %}
=====
{% for i in range(3) %}{% for j in range(3) %}{% if j == i %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}
=====
{% for n in [[1, [2, [3]]], 4] recursive %}{{ n if n is number else '(' ~ loop(n) ~ ')' }}{{ loop.depth }}{% endfor %}
=====
{% if undefined_name %}a{% elif messages %}b{% else %}c{% endif %}{% if not x %}d{% endif %}{% if x is defined and x.y %}e{% elif x == y %}f{% endif %}
=====
{% for m in messages %}{% if m.role == 'assistant' %}<a>{% generation %}{{ m.content }}</s>{% endgeneration %}{% else %}<u>{{ m.content }}{% endif %}

{% endfor %}
=====
{% generation %}
x
  {%- set inside = 1 %}
{% endgeneration %}
{{ inside }}{% generation -%}   y {%- endgeneration %}
=====
{% if false %}{{ 'x' | nope }}{% endif %}{{ 'y' if true else 'x' | nope }}ok
=====
{{ messages[0].role
   ~ '!'
}}
{{ undefined_name.x }}
=====
{% if true %}
=====
{% for x in y %}{% endif %}
=====
{% endif %}
=====
{% nonsense %}
=====
{% break %}
=====
{{ 'a' }
=====
{% set x = 1
=====
{# open
=====
{% macro m() %}{% set v = 1 %}{{ v }}{% endmacro %}{{ m() }}{{ v is defined }}
=====
{%- for m in messages -%}
    {%- if loop.first and m['role'] == 'system' -%}
        {{- '<<' + m['content'] + '>>\n' }}
    {%- elif m.content is string %}
        {{- m.role | upper }}: {{ m.content | trim }}
    {%- else %}
        {%- for part in m.content if part.type == 'text' %}
            {{- part.text | e }}
        {%- endfor %}
    {%- endif %}
{% endfor -%}
  {%- if add_generation_prompt is not defined or add_generation_prompt %}

end
{%- endif %}


=====
{% set x %}{% for i in [1,2] %}{{ i }}{% if i == 1 %}{% continue %}{% endif %}!{% endfor %}{% endset %}{{ x }}
=====
{% set d = dict(a=1, **{'b': 2}) %}{% for k, v in d | dictsort %}{{ k }}{{ v }}{% endfor %}{% for k, v in d.items() %}{{ loop.index }}{{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %}
=====
""".strip("\n").split("\n=====\n")

LINE_ENDS = ["one\r\ntwo\rthree\n", "{% if true %}\r\n  {% endif %}\r\nx\r\n\r\n", "{{ 'a\r\nb' | length }}\n\n", ""]


def main():
    cases = [("expression", "{{ " + text + " }}") for text in EXPRESSIONS] + [("template", text) for text in TEMPLATES + LINE_ENDS]
    print(json.dumps({"program": "Jinja2 " + jinja2.__version__, "now": NOW.isoformat(), "context": CONTEXT}))
    for number, (kind, text) in enumerate(cases):
        record = {"name": f"{kind} {number}", "template": text}
        try:
            record["rendered"], spans = render(text)
            if spans:
                record["generation_spans"] = spans
        except Exception as error:  # what Python raises is the result
            record["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(record))


if __name__ == "__main__":
    main()
