"""The style sheets and what they style agree: no rule is dead, and no class is without one."""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest

from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict
from evalgate.reporting.run_summary import NOT_DECIDED
from evalgate.reporting.story import Mark, Outcome
from evalgate.reporting.word_diff import Kind

FOLDER = Path(str(files("evalgate.reporting")))
SHEETS = sorted(FOLDER.glob("templates/*.css"))
PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}")
STATES = {f"is-{state.value}" for state in chain(Verdict, Outcome, Mark, Arm, Kind)}


def ruled(sheet: Path) -> set[str]:
    """The classes that a style sheet names."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", text))


def found(pattern: str, suffix: str) -> Iterator[str]:
    """What a pattern finds in the templates, scripts or modules."""
    for path in FOLDER.rglob(f"*{suffix}"):
        yield from re.findall(pattern, path.read_text("utf-8"))


def classes(attributes: Iterable[str]) -> set[str]:
    """The classes of attributes, without those that are not known before they are filled in."""
    return set(chain.from_iterable(PLACEHOLDER.sub(" ", each).split() for each in attributes))


def certain() -> set[str]:
    """The classes that stand in some page."""
    markup = chain(found(r'class="([^"]*)"', ".j2"), found(r'class="([^"]*)"', ".py"))
    scripts = found(r'class: ["`]([^"`]*)["`]', ".js")
    drawings = found(r'kind="(\w+)"', ".py")
    return classes(chain(markup, scripts, drawings)) - {"is-"}


def possible() -> set[str]:
    """The classes that stand in a page for some reports, as far as they are no states."""
    choices = chain.from_iterable(
        re.findall(r"'([\w -]+)'", each) for each in found(r'class="([^"]*)"', ".j2")
    )
    lines = chain(found(r"class: (.*)", ".js"), found(r"classList(.*)", ".js"))
    texts = chain.from_iterable(re.findall(r'"([\w -]+)"', line) for line in lines)
    kinds = {f"is-{kind}" for kind in found(r'\["(\w+)", "[✓✗?◐]"', ".js")}
    return classes(chain(choices, texts)) | kinds | STATES | {f"is-{NOT_DECIDED.tone}"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_rule_is_about_something_that_a_page_can_hold(sheet: Path) -> None:
    assert ruled(sheet) - certain() - possible() == set()


def test_every_class_that_a_page_holds_has_a_rule() -> None:
    assert certain() - set(chain.from_iterable(map(ruled, SHEETS))) == set()
