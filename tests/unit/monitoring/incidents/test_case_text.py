"""A case is put into the text of an eval set, and every other byte stays."""

import pytest

from evalgate.adapters.files import read_yaml, write_yaml
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.monitoring.incidents.case_text import with_case

CASE: dict[str, Data] = {"id": "new", "vars": {"q": "a: b\n- c\n# d\n\nlast"}, "tags": ["x"]}
ENTRY = write_yaml([CASE])

TEXTS = (
    "prompts: [p]\ncases:\n  # first\n  - id: one\n    vars: {q: x}\n",
    "prompts: [p]\ncases:\n- id: one\n  vars: {q: x}",
    "cases: # all of them\n    - id: one\n      vars:\n        q: |-\n          a\n\n          b\n\n\nprompts: [p]\n",
    "cases:\n  - id: one\n\n# about the prompts\nprompts: [p]\n# the end\n",
    "cases:\n\n  - id: one\n  # of the second\n  - id: two\n# after\n",
)


def ids(text: str) -> list[object]:
    data = read_yaml("s.yaml", text.encode()).data
    assert isinstance(data, dict)
    cases = data["cases"]
    assert isinstance(cases, list)
    return [case["id"] for case in cases if isinstance(case, dict)]


@pytest.mark.parametrize("text", TEXTS)
def test_the_case_comes_last_and_all_else_is_as_it_was(text: str) -> None:
    made = with_case(text, ENTRY, comments=("Drafted: look it over.",))
    assert not made.endswith("\n\n")
    assert ids(made) == [*ids(text), "new"]
    data, before = read_yaml("s.yaml", made.encode()).data, read_yaml("s.yaml", text.encode()).data
    assert isinstance(data, dict)
    assert isinstance(before, dict)
    cases = data.pop("cases")
    assert isinstance(cases, list)
    assert cases[-1] == CASE
    old = before.pop("cases")
    assert cases[:-1] == old
    assert data == before
    written = iter(made.split("\n"))
    assert all(line in written for line in text.split("\n") if line.strip())
    assert "# Drafted: look it over." in made


def test_a_second_case_follows_the_first_one() -> None:
    once = with_case(TEXTS[0], ENTRY)
    twice = with_case(once, ENTRY.replace("id: new", "id: newer"))
    assert ids(twice) == ["one", "new", "newer"]
    assert twice.startswith(once.rstrip("\n"))


@pytest.mark.parametrize("text", ["cases: cases.jsonl\n", "cases: []\n", "prompts: [p]\n"])
def test_a_set_without_a_list_of_lines_is_left_to_a_person(text: str) -> None:
    with pytest.raises(UsageError, match="--print"):
        with_case(text, ENTRY)
