"""Facts about finding and reading the files of other tools."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adopting.reading import Format, Wish, adopt_files, format_of
from evalgate.errors import ConfigurationError
from evalgate.simulator.fakes import text_tree


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/greet.prompt", Format.DOTPROMPT),
        ("a/greet.prompt.yml", Format.PROMPT_YML),
        ("a/greet.prompt.yaml", Format.PROMPT_YML),
        ("a/greet.txt", Format.TEXT),
        ("greet.md", Format.TEXT),
        ("README.md", None),
        ("a/LICENSE.txt", None),
        ("requirements.txt", None),
        ("a/greet.py", None),
        ("a/greet", None),
    ],
)
def test_a_format_is_told_by_the_name(path: str, kind: Format | None) -> None:
    assert format_of(path) is kind


def adopted(files: dict[str, str], *, name: str | None = None) -> list[str]:
    tree = text_tree(files)
    return [each.name for each in adopt_files(tree, parser=FORMATS, wish=Wish(name=name))]


def test_every_prompt_of_a_folder_is_adopted_and_partials_are_not() -> None:
    files = {"x/b.txt": "B", "x/a.prompt": "{{> tone}}", "x/_tone.prompt": "Kind."}
    assert adopted(files) == ["a", "b"]


def test_a_name_can_be_given() -> None:
    assert adopted({"x/b.txt": "B"}, name="Mail Reply") == ["mail-reply"]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    tree = {"b.txt": b"\xef\xbb\xbfHi {{name}}\r\nBye\r\n"}
    (adoption,) = adopt_files(tree, parser=FORMATS, wish=Wish())
    assert adoption.messages[0].text == "Hi {{name}}\nBye\n"


def test_the_problems_of_all_files_come_at_once() -> None:
    tree = {"a.txt": b"", "b.txt": b"\xff", "c.txt": b"x" * 1_000_001, "d.txt": b"fine"}
    with pytest.raises(ConfigurationError) as caught:
        adopt_files(tree, parser=FORMATS, wish=Wish())
    assert [str(problem) for problem in caught.value.problems] == [
        "a.txt: the file is empty",
        "b.txt: not UTF-8 text: wrong byte at 0",
        "c.txt: has 1.0 MB; a prompt file has at most 1 MB",
    ]


def test_two_files_for_one_name_are_a_problem() -> None:
    with pytest.raises(
        ConfigurationError, match=r"y/mail\.txt: would be named `mail`, like x/mail"
    ):
        adopted({"x/mail.md": "a", "y/mail.txt": "b"})
