"""Reads the criteria of a rubric: a text, a list, or a mapping with criteria and templates."""

from collections.abc import Sequence

from evalgate.errors import Problem
from evalgate.grading.grades import MOST_WEIGHT, shorten
from evalgate.grading.json_text import as_text
from evalgate.grading.rubric_templates import (
    parameters_of,
    read_template,
    template_labels,
    template_names,
)
from evalgate.model.document import Data, Place
from evalgate.model.evalset import Criterion
from evalgate.model.reading import Section, describe

MOST_CRITERIA = 20
"""Criteria in one rubric; the judge answers all of them in one reply."""

LONGEST_CRITERION = 20_000
"""Characters of one criterion, its placeholders filled."""


def read_criteria(section: Section, key: str, *, problems: list[Problem]) -> tuple[Criterion, ...]:
    """Return the criteria under a key; none when any is wrong, which is noted.

    Args:
        section: the grader.
        key: the grader's key.
        problems: the list in which the section notes problems.
    """
    if isinstance(section.data.get(key), dict):
        return _from_mapping(Section(section.document, (*section.place, key), problems), problems)
    return _listed(section, key, problems)


def criteria_fault(criteria: Sequence[Criterion]) -> str | None:
    """Say what is wrong with criteria whose placeholders are filled, or None."""
    longest = max((len(criterion.text) for criterion in criteria), default=0)
    if longest <= LONGEST_CRITERION:
        return None
    return f"a criterion has {longest:,} characters; at most {LONGEST_CRITERION:,} can be judged by"


def rubric_title(written: Data) -> str:
    """Return a short name for a rubric as it is written: its templates, or its first criterion."""
    if isinstance(written, dict):
        labels = shorten(template_labels(written), 60)
        own = written.get("criteria")
        if labels:
            count = len(own) if isinstance(own, list) else int(own is not None)
            return f"{labels} (+{count})" if count else labels
        written = own
    if not isinstance(written, list):
        return shorten(as_text(written), 60)
    first = written[0] if written else None
    more = f" (+{len(written) - 1})" if len(written) > 1 else ""
    text = first.get("criterion") if isinstance(first, dict) else first
    return f"{shorten(as_text(text), 60)}{more}"


def _from_mapping(section: Section, problems: list[Problem]) -> tuple[Criterion, ...]:
    before = len(problems)
    names = template_names(section)
    section.allow("criteria", "template", *parameters_of(names))
    own: tuple[Criterion, ...] = ()
    if section.data.get("criteria") is not None:
        own = _listed(section, "criteria", problems)
    elif not section.data.get("template"):
        section.note(None, "expected `criteria`, `template` or both")
    made = [Criterion(text=text) for name in names for text in read_template(section, name)]
    count = len(own) + len(made)
    if count > MOST_CRITERIA:
        message = f"makes {count} criteria; at most {MOST_CRITERIA} can be judged at once"
        section.note(None, message)
    return (*own, *made) if len(problems) == before else ()


def _listed(section: Section, key: str, problems: list[Problem]) -> tuple[Criterion, ...]:
    value = section.data.get(key)
    place = (*section.place, key)
    if not isinstance(value, list):
        found = [_plain(section, place, value)]
    elif 1 <= len(value) <= MOST_CRITERIA:
        found = [
            _with_options(Section(section.document, (*place, index), problems))
            if isinstance(entry, dict)
            else _plain(section, (*place, index), entry)
            for index, entry in enumerate(value)
        ]
    else:
        section.note(key, f"expected 1 to {MOST_CRITERIA} criteria, got {len(value)}")
        return ()
    return tuple(found) if all(criterion.text for criterion in found) else ()


def _plain(section: Section, place: Place, value: Data) -> Criterion:
    if isinstance(value, str) and value.strip():
        return Criterion(text=value.strip())
    said = describe(value or None)
    section.note_at(place, f"expected a criterion as text, or a list of criteria, got {said}")
    return Criterion(text="")


def _with_options(section: Section) -> Criterion:
    section.allow("criterion", "required", "weight")
    return Criterion(
        text=section.required_text("criterion").strip(),
        required=section.flag("required", default=True),
        weight=section.number("weight", 1.0, least=0, most=MOST_WEIGHT),
    )
