"""Fits graders to a case: fills their placeholders, and notes what is then wrong with them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from evalgate.grading.fill import fill, fill_pattern, filled_length
from evalgate.grading.graders import RUBRIC, WrittenGrader, fault_of
from evalgate.grading.json_text import as_text
from evalgate.model.document import Data
from evalgate.model.evalset import Criterion, GraderSpec
from evalgate.model.reading import Section, suggestion

MOST_CHARACTERS = 5_000_000
"""Characters of one grader with its placeholders filled."""

_SIZE = f"{MOST_CHARACTERS / 1e6:g} million"


def fit(
    graders: Iterable[WrittenGrader], values: Mapping[str, Data], *, case: Section
) -> tuple[GraderSpec, ...]:
    """Return the graders filled with a case's values, without those that do not fit.

    Args:
        graders: the graders as written, from the set and from the case.
        values: what the placeholders stand for: the case's variables by name, and `expected`.
        case: where problems are noted, unless the grader is the case's own and has its own place.
    """
    specs = []
    for grader in graders:
        spec = _filled(grader, values)
        if isinstance(spec, GraderSpec):
            specs.append(spec)
        else:
            own = grader.place[: len(case.place)] == case.place
            case.note_at(grader.place if own else case.place, spec)
    return tuple(specs)


def _filled(grader: WrittenGrader, values: Mapping[str, Data]) -> GraderSpec | str:
    """Return the filled grader, or the sentence that says why it cannot be filled."""
    if not grader.names:
        return grader.spec
    unknown = sorted(grader.names - values.keys())
    if unknown:
        return _unknown(grader.spec.name, unknown[0], values)
    lengths = {name: len(as_text(values[name])) for name in grader.names}
    texts: Data = [grader.spec.argument, *(each.text for each in grader.spec.criteria)]
    if filled_length(texts, lengths) > MOST_CHARACTERS:
        return f"the grader `{grader.spec.name}`, once filled, has more than {_SIZE} characters"
    spec = _fill_spec(grader.spec, values)
    fault = _fault(spec)
    return spec if fault is None else f"the grader `{spec.name}`, once filled: {fault}"


def _unknown(grader: str, name: str, values: Mapping[str, Data]) -> str:
    if name == "expected":
        return f"the grader `{grader}` needs `expected`, which this case does not have"
    known = suggestion(name, values) if values else ": this case has no `vars`"
    return f"the grader `{grader}` uses the unknown variable `{name}`{known}"


def _fill_spec(spec: GraderSpec, values: Mapping[str, Data]) -> GraderSpec:
    if spec.kind == RUBRIC:
        criteria = tuple(_fill_criterion(criterion, values) for criterion in spec.criteria)
        return replace(spec, criteria=criteria)
    fill_argument = fill_pattern if spec.kind == "regex" else fill
    return replace(spec, argument=fill_argument(spec.argument, values))


def _fill_criterion(criterion: Criterion, values: Mapping[str, Data]) -> Criterion:
    text = fill(criterion.text, values)
    return replace(criterion, text="" if text is None else as_text(text).strip())


def _fault(spec: GraderSpec) -> str | None:
    if not all(criterion.text for criterion in spec.criteria):
        return "a criterion is empty"
    return fault_of(spec)
