"""Reads the graders of an eval set or of one case, with their placeholders not yet filled."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.errors import Problem
from evalgate.grading.checks import CHECKS
from evalgate.grading.code import PYTHON, code_fault
from evalgate.grading.criteria import criteria_fault, read_criteria, rubric_title
from evalgate.grading.fill import names_in
from evalgate.grading.grades import MOST_WEIGHT, shorten
from evalgate.grading.json_text import as_text
from evalgate.grading.rubric_templates import variables_named
from evalgate.model.document import Data, Document, Place
from evalgate.model.evalset import GraderSpec
from evalgate.model.reading import Section, suggestion

RUBRIC = "rubric"
KINDS = (*CHECKS, PYTHON, RUBRIC)
"""The keys that a grader can have, besides `not`, which wraps one of them."""

_OPTIONS = ("name", "required", "weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenGrader:
    """A grader as it stands in the file; `names` are the placeholders that a case must fill."""

    spec: GraderSpec
    place: Place
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderReader:
    """Reads lists of graders.

    `schemas` are the schema files that graders may name, by path from the repository's root;
    `problems` is the list in which the sections note what is wrong. `evalset` is the file from
    whose folder paths are seen, when cases stand in another one.
    """

    schemas: Mapping[str, Document]
    problems: list[Problem]
    evalset: str = ""

    def read(self, section: Section) -> tuple[WrittenGrader, ...]:
        """Return the graders under the section's `graders`, without those that are wrong."""
        read = (self._grader(entry) for entry in mappings(section, "graders"))
        return tuple(grader for grader in read if grader is not None)

    def _grader(self, section: Section) -> WrittenGrader | None:
        kind = _kind(section, (*KINDS, "not"), _OPTIONS)
        inner = section
        if kind == "not":
            inner = Section(section.document, (*section.place, kind), self.problems)
            kind = _kind(inner, KINDS, ()) if isinstance(section.data[kind], dict) else None
        if kind is None:
            return None
        negated = inner is not section
        criteria = read_criteria(inner, kind, problems=self.problems) if kind == RUBRIC else ()
        spec = GraderSpec(
            kind=kind,
            name=section.text("name") or _name(kind, inner.data[kind], negated=negated),
            argument=None if kind == RUBRIC else self._argument(inner, kind),
            criteria=criteria,
            negated=negated,
            required=section.flag("required", default=True),
            weight=section.number("weight", 1.0, least=0, most=MOST_WEIGHT),
        )
        return _accepted(spec, inner)

    def _argument(self, section: Section, kind: str) -> Data:
        """Return a check's argument; the name of a schema that was found becomes the schema."""
        written = section.data[kind]
        if kind != "json_schema" or not isinstance(written, str):
            return written
        found = self.schemas.get(schema_path(self.evalset or section.document.path, written))
        return written if found is None else found.data


def fault_of(spec: GraderSpec) -> str | None:
    """Say why a grader cannot be used with its argument, or None when it can."""
    if spec.kind == PYTHON:
        return code_fault(spec.argument)
    if spec.kind == RUBRIC:
        return criteria_fault(spec.criteria)
    return CHECKS[spec.kind].fault(spec.argument)


def mappings(section: Section, key: str) -> Iterator[Section]:
    """Open each mapping of the list under a key; any other entry is noted and left out."""
    entries = section.data.get(key)
    sections = list(section.sections(key))
    for entry, data in zip(sections, entries if isinstance(entries, list) else (), strict=True):
        if isinstance(data, dict):
            yield entry


def schema_path(evalset: str, written: str) -> str:
    """Return the path from the repository's root of a schema file that an eval set names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(evalset), written))


def _accepted(spec: GraderSpec, section: Section) -> WrittenGrader | None:
    """Return the grader, or None when it is wrong; what a case must fill is checked later."""
    if spec.kind == RUBRIC and not spec.criteria:
        return None
    names = _names(spec, section.data[spec.kind])
    fault = None if names else fault_of(spec)
    if fault is not None:
        section.note(spec.kind, fault)
        return None
    return WrittenGrader(spec=spec, place=(*section.place, spec.kind), names=names)


def _names(spec: GraderSpec, written: Data) -> frozenset[str]:
    """Return the names of all that a case must give a grader."""
    if spec.kind == RUBRIC:
        texts: Data = [criterion.text for criterion in spec.criteria]
        return names_in(texts) | variables_named(written)
    # A schema is taken as it is: its own texts may hold braces. No case picks the code that runs.
    return frozenset() if spec.kind in ("json_schema", PYTHON) else names_in(spec.argument)


def _kind(section: Section, kinds: tuple[str, ...], options: tuple[str, ...]) -> str | None:
    """Return the one key that says what the grader is, or note why there is none."""
    found = [key for key in section.data if key in kinds]
    others = [key for key in section.data if key not in kinds and key not in options]
    if len(found) == 1:
        section.allow(*found, *options)
        return found[0]
    if found:
        section.note(None, f"one grader holds {' and '.join(found)}; make each a grader of its own")
    elif others:
        section.note(others[0], f"unknown grader{suggestion(others[0], kinds)}")
    else:
        section.note(None, f"expected a grader: one of {', '.join(kinds)}")
    return None


def _name(kind: str, written: Data, *, negated: bool) -> str:
    """Return the name of a grader that was given none: what it is and what it asks for."""
    key = f"not {kind}" if negated else kind
    if kind == RUBRIC:
        return f"{key}: {rubric_title(written)}"
    if isinstance(written, dict) and kind == "json_schema":
        return key
    return f"{key}: {shorten(as_text(written), 60)}"
