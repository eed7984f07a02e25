"""Reads the criteria of a rubric: a text, a list, or a mapping with criteria and templates."""

from evalgate.errors import Problem
from evalgate.grading.grades import MOST_WEIGHT
from evalgate.grading.rubric_templates import parameters_of, read_template, template_names
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
    if isinstance(value, dict):
        return _from_mapping(Section(section.document, place, problems), problems)
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


def _from_mapping(section: Section, problems: list[Problem]) -> tuple[Criterion, ...]:
    before = len(problems)
    names = template_names(section)
    section.allow("criteria", "template", *parameters_of(names))
    own: tuple[Criterion, ...] = ()
    if section.data.get("criteria") is not None:
        own = read_criteria(section, "criteria", problems=problems)
    elif not section.data.get("template"):
        section.note(None, "expected `criteria`, `template` or both")
    made = [Criterion(text=text) for name in names for text in read_template(section, name)]
    if len(own) + len(made) > MOST_CRITERIA:
        count = len(own) + len(made)
        section.note(None, f"makes {count} criteria; at most {MOST_CRITERIA} can be judged at once")
    return (*own, *made) if len(problems) == before else ()


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
