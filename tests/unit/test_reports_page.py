"""docs/reports.md and the page's script name what the reports really have."""

import re
from importlib.resources import files
from pathlib import Path

from evalgate.reporting.gathering import MOST_WHOLE, TEXT_LIMIT
from evalgate.reporting.packing import MOST_BYTES
from evalgate.reporting.story import Mark, Outcome

PAGE = (Path(__file__).parents[2] / "docs/reports.md").read_text("utf-8")
SCRIPTS = files("evalgate.reporting") / "templates" / "page"


def rows(heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    table = PAGE.split(f"| {heading} | the case |")[1].split("\n\n")[0]
    names = re.findall(r"^\| ([a-z, ]+) \|", table, re.MULTILINE)
    return {name for cell in names for name in cell.split(", ")}


def listed(name: str) -> list[str]:
    """The names in an array of the list's script."""
    found = re.search(rf"const {name} = \[(.*?)\]", (SCRIPTS / "list.js").read_text("utf-8"))
    assert found
    return re.findall(r'"(\w+)"', found[1])


def test_every_outcome_and_every_mark_is_explained() -> None:
    assert rows("outcome") == {outcome.value for outcome in Outcome}
    assert rows("mark") == {mark.value for mark in Mark}


def test_the_list_can_be_filtered_by_every_outcome_and_every_mark() -> None:
    assert set(listed("OUTCOMES")) == {outcome.value for outcome in Outcome}
    assert listed("MARKS") == [mark.value for mark in Mark]


def test_the_limits_are_those_that_hold() -> None:
    assert f"Up to {MOST_WHOLE:,} cases" in PAGE
    assert f"cut after {TEXT_LIMIT:,} characters" in " ".join(PAGE.split())
    assert MOST_BYTES < 15_000_000


def test_the_script_makes_no_markup_of_texts() -> None:
    for path in SCRIPTS.iterdir():
        text = path.read_text("utf-8")
        assert not re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text
        )
