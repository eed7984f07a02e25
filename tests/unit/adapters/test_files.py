"""Facts about parsing YAML and JSON, and about writing files."""

import json
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import (
    MAX_BYTES,
    MAX_LINE_BYTES,
    read_json,
    read_json_lines,
    read_yaml,
    write_yaml,
)
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document
from tests.machine import slowness

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def message(content: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml("f.yml", content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("'true'", "true"),
        ("1:30", "1:30"),
        ("2026-11-21", "2026-11-21"),
        ("012", 12),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("12345678901234567890123", 12345678901234567890123),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("'1.5'", "1.5"),
        ("~", None),
        ("null", None),
        ("'null'", "null"),
        ("", None),
    ],
)
def test_plain_scalars_follow_yaml_1_2(text: str, value: Data) -> None:
    data = read_yaml("f.yml", f"a: {text}".encode()).data
    assert data == {"a": value}
    assert isinstance(data, dict)
    assert type(data["a"]) is type(value)


def test_every_place_knows_its_line() -> None:
    document = read_yaml("f.yml", b"# comment\na: 1\nb:\n  - x\n  - c: 2\n")
    assert document.line(("a",)) == 2
    assert document.line(("b", 1, "c")) == 5
    assert document.line(("b", 1, "missing")) == 5


def test_lines_count_from_the_start_of_the_file_they_stand_in() -> None:
    assert read_yaml("f.md", b"a: 1\nb: 2\n", first_line=2).line(("b",)) == 3


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_yaml("f.yml", b"\xef\xbb\xbfa: 1").data == {"a": 1}


def test_anchors_aliases_and_merge_keys_work() -> None:
    text = b"base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n"
    assert read_yaml("f.yml", text).data == {"base": {"x": 1, "y": 2}, "use": {"x": 1, "y": 3}}


def test_the_first_of_several_merged_mappings_wins() -> None:
    text = b"a: &a {x: 1}\nb: &b {x: 2, y: 2}\nuse:\n  <<: [*a, *b]\n"
    assert read_yaml("f.yml", text).data == {
        "a": {"x": 1},
        "b": {"x": 2, "y": 2},
        "use": {"x": 1, "y": 2},
    }


def test_a_repeated_key_is_an_error_with_its_line() -> None:
    assert message(b"a: 1\nb: 2\na: 3\n") == "f.yml:3: a: this key is given twice"


def test_broken_yaml_names_the_line() -> None:
    assert message(b"a: 1\nb: [1\n").startswith("f.yml:3: not YAML: ")


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    assert message(b"b: 1\na: \xff") == snapshot(
        "f.yml:2: not UTF-8 text (byte 8 of the file): save it as UTF-8"
    )
    assert message("a: b".encode("utf-16")) == snapshot(
        "f.yml:1: not UTF-8 text (byte 0 of the file): save it as UTF-8"
    )


def test_a_tag_that_would_make_an_object_is_refused() -> None:
    assert "is not supported" in message(b"a: !!python/object/apply:os.system [x]")


def test_a_yaml_bomb_is_refused_before_it_is_built() -> None:
    assert "more than 500,000 values" in message(BOMB.encode())


def test_an_alias_inside_itself_is_refused() -> None:
    assert "nested too deeply" in message(b"a: &a [*a]")


@pytest.mark.parametrize("text", [b"[" * 3000 + b"]" * 3000, b"{a: " * 500 + b"}" * 500])
def test_deep_nesting_is_refused(text: bytes) -> None:
    assert "nested too deeply" in message(text)


def test_an_empty_file_has_no_data() -> None:
    assert read_yaml("f.yml", b"# only a comment\n").data is None


def test_json_is_read_strictly() -> None:
    assert read_json("f.json", b'{"a": [1, null]}').data == {"a": [1, None]}
    for wrong in (b"{'a': 1}", b'{"a": NaN}', b"", b"[" * 100_000):
        with pytest.raises(ConfigurationError, match=r"f\.json"):
            read_json("f.json", wrong)


def json_message(content: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_json("f.json", content)
    return str(caught.value)


def read_lines(content: bytes) -> list[Data | str]:
    return [
        str(line) if isinstance(line, Problem) else line.data
        for line in read_json_lines("f.jsonl", content)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1e999", snapshot("f.yml:1: a: a number is too large: write it in quotes, as text")),
        (
            "a: [-1e999]",
            snapshot("f.yml:1: a[0]: a number is too large: write it in quotes, as text"),
        ),
        (
            f"a: {'9' * 5000}",
            snapshot("f.yml:1: a: a whole number has too many digits: write it in quotes, as text"),
        ),
        (
            f"a: {'9' * 5000}.0",
            snapshot("f.yml:1: a: a number is too large: write it in quotes, as text"),
        ),
        ("\tb: 1", snapshot("f.yml:1: not YAML: a tab: indent with blanks")),
        ("a:\n\tb: 1", snapshot("f.yml:2: not YAML: a tab: indent with blanks")),
        (
            "a: 1\nb: x\x07",
            snapshot(
                "f.yml:2: not YAML: the control character U+0007: write it as an escape, in quotes"
            ),
        ),
        (
            "a: 1\nb: x\x00",
            snapshot(
                "f.yml:2: not YAML: the control character U+0000: write it as an escape, in quotes"
            ),
        ),
        (
            r'a: "\ud800"',
            snapshot(
                "f.yml:1: not YAML: while parsing a quoted scalar found invalid Unicode character escape code: half a character or an unknown escape"
            ),
        ),
        (
            "? [a]\n: 1",
            snapshot(
                "f.yml:1: a key must be a plain word or text: write a text such as {{name}} in quotes"
            ),
        ),
        (
            "!x a: 1",
            snapshot(
                "f.yml:1: a key must be a plain word or text: write a text such as {{name}} in quotes"
            ),
        ),
        (
            "a: *b",
            snapshot(
                "f.yml:1: not YAML: found undefined alias: write a text that begins with `*` in quotes"
            ),
        ),
        (
            "a: 1\n---\nb: 1",
            snapshot(
                "f.yml:2: not YAML: expected a single document in the stream but found another document: remove the line `---`"
            ),
        ),
        ("a: &x {b: 1}\nc: {<<: *x, <<: *x}", snapshot("f.yml:2: c.<<: this key is given twice")),
        ("a: {<<: 5}", snapshot("f.yml:1: a.<<: expected a mapping to merge")),
        (
            "a: 'open",
            snapshot(
                "f.yml:1: not YAML: while scanning a quoted scalar found unexpected end of stream"
            ),
        ),
        (
            "a: b: c",
            snapshot(
                "f.yml:1: not YAML: mapping values are not allowed in this context: write a text that holds a colon in quotes"
            ),
        ),
        ("cases:\n - id: a\n   id: b", snapshot("f.yml:3: cases[0].id: this key is given twice")),
    ],
)
def test_what_is_wrong_with_yaml_is_told_by_line(text: str, said: str) -> None:
    assert message(text.encode()) == said


def test_what_is_no_text_as_a_key_is_read_as_its_letters() -> None:
    assert read_yaml("f.yml", b"1: a\ntrue: b\n~: c\n").data == {"1": "a", "true": "b", "~": "c"}


def test_a_merge_key_in_quotes_is_a_key_like_any_other() -> None:
    assert read_yaml("f.yml", b'"<<": 5').data == {"<<": 5}


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_as_any_system_ends_them(end: bytes) -> None:
    document = read_yaml(
        "f.yml", end.join((b"\xef\xbb\xbfa: 1", b"b:", b"  - |", b"    x", b"    y"))
    )
    assert document.data == {"a": 1, "b": ["x\ny"]}
    assert document.line(("b", 0)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", snapshot("f.json:1: not JSON at character 1: expecting value")),
        ('{"a": NaN}', snapshot("f.json: NaN is no JSON number")),
        ('{"a": -Infinity}', snapshot("f.json: -Infinity is no JSON number")),
        ('{"a": 1e999}', snapshot("f.json: a number is too large: write it in quotes, as text")),
        (
            '{"a": ' + "9" * 5000 + "}",
            snapshot("f.json: a whole number has too many digits: write it in quotes, as text"),
        ),
        ('{"a": 1, "a": 2}', snapshot("f.json: the key `a` is given twice")),
        (
            '{"a": "\\ud800"}',
            snapshot("f.json: an escape such as \\ud800 is half a character: write the whole one"),
        ),
        (
            '{"\\uDC00": 1}',
            snapshot("f.json: an escape such as \\ud800 is half a character: write the whole one"),
        ),
        (
            '{"a": "\t"}',
            snapshot("f.json:1: not JSON at character 8: invalid control character"),
        ),
        (
            "[" * 102 + "]" * 102,
            snapshot("f.json: the values are nested too deeply: at most 100 levels"),
        ),
        ("[" * 100_000, snapshot("f.json: the values are nested too deeply: at most 100 levels")),
        (
            '{"a": 1,}',
            snapshot(
                "f.json:1: not JSON at character 9: expecting property name enclosed in double quotes"
            ),
        ),
        (
            "{'a': 1}",
            snapshot(
                "f.json:1: not JSON at character 2: expecting property name enclosed in double quotes"
            ),
        ),
        ('{"a":\n1 "b"}', snapshot("f.json:2: not JSON at character 3: expecting ',' delimiter")),
    ],
)
def test_what_is_wrong_with_json_is_told(text: str, said: str) -> None:
    assert json_message(text.encode()) == said


def test_as_many_levels_as_are_allowed_are_read() -> None:
    assert read_json("f.json", b"[" * 100 + b"]" * 100).data
    wide = json.dumps([[]] * 200).encode()
    assert read_json("f.json", wide).data == [[]] * 200


def test_a_pair_of_escapes_is_one_character() -> None:
    assert read_json("f.json", b'"\\ud83d\\ude00"').data == "\U0001f600"


def test_lines_of_json_are_read_one_by_one() -> None:
    content = b'\xef\xbb\xbf{"a": 1}\r\n\n  \n{"a": "\xe2\x80\xa8"}\n{"a": 3}'
    found = list(read_json_lines("f.jsonl", content))
    assert [line.line(()) for line in found if isinstance(line, Document)] == [1, 4, 5]
    assert read_lines(content) == [{"a": 1}, {"a": "\u2028"}, {"a": 3}]
    assert read_lines(b"") == read_lines(b"\n\r\n") == []


def test_a_wrong_line_is_a_problem_and_the_next_is_read() -> None:
    long = b'"' + b"x" * MAX_LINE_BYTES + b'"'
    content = b"\n".join([b"{", b"\xff", b"[NaN]", long, b"[" * 5000, b"[1e999]", b'{"a": 1}'])
    assert read_lines(content) == snapshot(
        [
            "f.jsonl:1: not JSON at character 2: expecting property name enclosed in double quotes",
            "f.jsonl:2: not UTF-8 text (byte 0 of the line): save the file as UTF-8",
            "f.jsonl:3: NaN is no JSON number",
            "f.jsonl:4: the line has 1.0 MB; at most 1 are read",
            "f.jsonl:5: the values are nested too deeply: at most 100 levels",
            "f.jsonl:6: a number is too large: write it in quotes, as text",
            {"a": 1},
        ]
    )


def test_lines_are_parsed_only_as_they_are_asked_for() -> None:
    found = read_json_lines("f.jsonl", b"1\n" * 25_000_000)
    start = process_time()
    assert not isinstance(next(found), Problem)
    assert process_time() - start < 0.1 * slowness()


HOSTILE = {
    "a bomb of values": BOMB.encode(),
    "a bomb of characters": b"a: &a " + b"x" * 1_000_000 + b"\nb: [" + b"*a," * 100 + b"]",
    "a bomb of merges": b"a: &a {%s}\nb: ["
    % (b"x: {a: 1}, b: [1, 2], " + b"".join(b"k%d: 1, " % n for n in range(100)))
    + b"{<<: *a}," * 3_000
    + b"]",
    "an alias in itself": b"a: &a {b: *a}",
    "too many documents": b"---\n" * 200_000,
    "too large": b"a" * (MAX_BYTES + 1),
    "deep lists": b"[" * MAX_BYTES,
    "deep items": b"- " * (MAX_BYTES // 2),
    "deep keys": b"? " * (MAX_BYTES // 2),
    "colons": b"a: " * (MAX_BYTES // 3),
    "tabs": b"\t" * MAX_BYTES,
    "control characters": b"\x07" * MAX_BYTES,
    "a long key": b"x" * (MAX_BYTES - 9) + b": 1",
    "a long tag": b"!" + b"x" * (MAX_BYTES - 9) + b" y",
    "a long number": b"a: " + b"1" * (MAX_BYTES - 9),
    "half characters": b'"' + b"\\ud800" * (MAX_BYTES // 7) + b'"',
    "directives": b"%TAG !a! tag:x\n" * 100_000 + b"--- a",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_ends_soon_and_in_a_short_error(content: bytes) -> None:
    start = process_time()
    assert len(message(content)) < 300
    assert process_time() - start < 2 * slowness()


LARGE = {
    "values": b"a: [" + b"x," * 120_000 + b"]",
    "keys": b"\n".join(b"k%d: v" % number for number in range(60_000)),
    "anchors": b"\n".join(b"- &a%d x" % number for number in range(120_000)),
    "aliases": b"a: &a x\nb: [" + b"*a," * 120_000 + b"]",
    "blank lines": b"a: |\n" + b"\n" * (MAX_BYTES - 9),
    "comments": b"# x\n" * (MAX_BYTES // 4),
    "escapes": b'"' + b"\\x41" * (MAX_BYTES // 5) + b'"',
}


@pytest.mark.slow
@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_large_files_are_read_in_seconds(content: bytes) -> None:
    start = process_time()
    read_yaml("f.yml", content)
    assert process_time() - start < 10 * slowness()


@settings(max_examples=200)
@given(
    st.binary(max_size=30) | st.text("-[]{}&*a!'\"|>:,?#%\n \t<1.e", max_size=30).map(str.encode)
)
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    with suppress(ConfigurationError):
        read_yaml("f.yml", content)
    with suppress(ConfigurationError):
        read_json("f.json", content)
    assert all(str(line).count("\n") == 0 for line in read_lines(content) if isinstance(line, str))


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@given(
    st.dictionaries(
        TEXTS, TEXTS | st.sampled_from(["1e999", "9" * 5000, "0x1", ".5", "~", "<<", "no", "- a"])
    )
)
def test_what_is_written_as_yaml_is_read_back(data: dict[str, Data]) -> None:
    assert read_yaml("f.yml", write_yaml(data).encode()).data == (data or {})


def test_all_that_is_wrong_with_the_values_of_a_file_is_told() -> None:
    text = b"a: 1e999\nb: !x 1\na: 2\nc: {{{name}}: 1}\nd: {<<: 5}\n"
    assert message(text) == snapshot("""\
f.yml:1: a: a number is too large: write it in quotes, as text
f.yml:2: b: the tag `!x` is not supported
f.yml:3: a: this key is given twice
f.yml:4: c: a key must be a plain word or text: write a text such as {{name}} in quotes
f.yml:5: d.<<: expected a mapping to merge\
""")


def test_at_most_a_thousand_problems_of_a_file_are_told() -> None:
    assert message(b"{" + b"a: b, " * 3_000 + b"}").count("\n") == 999


def test_very_many_blank_lines_cost_little_time() -> None:
    start = process_time()
    found = list(
        read_json_lines("f.jsonl", b"\n" * 5_000_000 + b" \t1\n" + b"\r\n" * 5_000_000 + b"2")
    )
    assert [line.line(()) for line in found if isinstance(line, Document)] == [
        5_000_001,
        10_000_002,
    ]
    assert process_time() - start < 1 * slowness()
