"""Reads the criteria of a rubric: one text, or a list of texts and of mappings with options."""

from evalgate.errors import Problem
from evalgate.grading.grades import MOST_WEIGHT
from evalgate.model.document import Data, Place
from evalgate.model.evalset import Criterion
from evalgate.model.reading import Section, describe

MOST_CRITERIA = 20
"""Criteria in one rubric; the judge answers all of them in one reply."""


def read_criteria(section: Section, key: str, *, problems: list[Problem]) -> tuple[Criterion, ...]:
    """Return the criteria under a key; none when any is wrong, which is noted.

    Args:
        section: the grader.
        key: the grader's key.
        problems: the list in which the section notes problems.
    """
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
