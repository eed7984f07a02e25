"""Reads the cases of an eval set, each with all graders that apply to it."""

import hashlib
from collections.abc import Sequence

from evalgate.grading.filling import fit
from evalgate.grading.graders import GraderReader, WrittenGrader, mappings
from evalgate.grading.json_text import canonical
from evalgate.model.document import Data
from evalgate.model.evalset import Case, GraderSpec
from evalgate.model.reading import Section, describe

LONGEST_ID = 100

_KEYS = ("id", "vars", "expected", "tags", "cluster", "critical", "graders", "split")


def read_cases(root: Section, reader: GraderReader, *, pass_at: float) -> tuple[Case, ...]:
    """Return the cases of an eval set; what is wrong with them is noted.

    Args:
        root: the eval set.
        reader: reads the graders, of the set and of its cases.
        pass_at: the score that a trial must reach, which is part of a case's hash.
    """
    defaults = reader.read(root)
    if not root.data.get("cases") or isinstance(root.data["cases"], str):
        _note_no_cases(root)
        return ()
    lines: dict[str, int | None] = {}
    cases = []
    for section in mappings(root, "cases"):
        case = _read_case(section, (*defaults, *reader.read(section)), pass_at=pass_at)
        cases.append(case)
        _note_gradeless(case, section, root)
        if case.id and case.id in lines:
            section.note("id", f"the id `{case.id}` is taken by the case on line {lines[case.id]}")
        lines.setdefault(case.id, case.line)
    return tuple(cases)


def _note_gradeless(case: Case, section: Section, root: Section) -> None:
    if not root.data.get("graders") and not section.data.get("graders"):
        section.note(None, "the case has no graders, and the eval set has none for all cases")
    elif case.graders and not any(spec.weight for spec in case.graders):
        section.note(None, "all graders of the case have the weight 0")


def _note_no_cases(root: Section) -> None:
    cases = root.data.get("cases")
    if isinstance(cases, str):
        message = f"cases must be a list in this file, got {describe(cases)}"
        root.note("cases", f"{message}; cases in a file of their own are not supported yet")
    else:
        root.note("cases" if "cases" in root.data else None, "expected at least one case")


def _read_case(section: Section, graders: Sequence[WrittenGrader], *, pass_at: float) -> Case:
    section.allow(*_KEYS)
    variables = section.mapping("vars")
    expected = section.data.get("expected")
    values = variables if expected is None else {**variables, "expected": expected}
    specs = fit(graders, values, case=section)
    content: dict[str, Data] = {
        "vars": variables,
        "expected": expected,
        "graders": [_plain(spec) for spec in specs],
        "pass_at": pass_at,
    }
    return Case(
        id=_id(section),
        vars=variables,
        expected=expected,
        graders=specs,
        hash=_hash(section, content),
        tags=section.texts("tags"),
        cluster=section.optional_text("cluster"),
        critical=section.flag("critical", default=False),
        split=section.text("split"),
        line=section.line,
    )


def _id(section: Section) -> str:
    name = section.required_text("id")
    if "/" in name or not name.isprintable() or name != name.strip():
        section.note("id", "an id has no slash, no control character and no blank at its ends")
    if len(name) > LONGEST_ID:
        section.note("id", f"an id has at most {LONGEST_ID} characters, this one has {len(name)}")
    return name


def _hash(section: Section, content: dict[str, Data]) -> str:
    try:
        text = canonical(content)
    except ValueError:
        section.note(None, "a number in this case is infinite or not a number")
        return ""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(spec: GraderSpec) -> Data:
    """Return what a grader demands; its name may change without changing any grade."""
    return {
        "kind": spec.kind,
        "argument": spec.argument,
        "criteria": [
            {"text": criterion.text, "required": criterion.required, "weight": criterion.weight}
            for criterion in spec.criteria
        ],
        "negated": spec.negated,
        "required": spec.required,
        "weight": spec.weight,
    }
