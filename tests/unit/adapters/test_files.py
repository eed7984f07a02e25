"""Facts about parsing YAML and JSON, and about writing files."""

import pytest

from evalgate.adapters.files import read_json, read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.document import Data

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
    assert message(b"a: \xff") == "f.yml: not UTF-8 text: wrong byte at 3"


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
