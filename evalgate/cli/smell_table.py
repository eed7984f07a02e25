"""What `evalgate smell` prints: how many answers pass, of what the others smell, and the drop."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.deciding.intervals import clopper_pearson
from evalgate.deciding.smell_drop import ALPHA, Course, Drop
from evalgate.model.document import Data
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount, SmellBaseline
from evalgate.reporting.numbers import count, percent, points
from evalgate.reporting.visible import safe_line
from evalgate.runtime.smelling.smell_history import Smelt, count_of, found_in

SCHEMA = "smell/1"

MOST_LINES = 5
"""Lines of a file that are named per smell."""

MOST_WORST = 100
"""Answers that are listed for machines, those with most smells first."""

_CONCLUSIONS: Mapping[Course, str] = {
    Course.HOLDS: "holds: the pass rate did not fall by {limit} points",
    Course.FELL: "fell: the pass rate dropped by {limit} points or more, and not by chance",
    Course.UNCLEAR: "unclear: more answers are needed to tell a drop of {limit} points from chance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmellRun:
    """What came of the smell test over some files.

    `unanswered` counts calls without an answer, `left_out` the answers of other prompts, and
    `unread` says what is wrong with each line that is none.
    """

    smelt: tuple[Smelt, ...]
    unanswered: int = 0
    left_out: int = 0
    unread: tuple[str, ...] = ()


def smell_lines(run: SmellRun, *, before: SmellBaseline | None, drop: Drop | None) -> Iterator[str]:
    """Yield the lines for a reader."""
    passed = count_of(run.smelt)
    left = {
        "without an answer": run.unanswered,
        "of other prompts": run.left_out,
        "unreadable": len(run.unread),
    }
    out = "".join(f", {number:,} {what}" for what, number in left.items() if number)
    yield f"{count(passed.of, 'answer')}{out}"
    low, high = clopper_pearson(passed.passed, passed.of)
    yield f"{passed.passed:,} pass: {percent(passed.rate)} ({percent(low)} to {percent(high)})"
    yield from _table(run, before)
    if before is not None and drop is not None:
        yield ""
        yield from _comparison(before, drop)


def smell_yaml(prompt: str, rules: SmellRules) -> Iterator[str]:
    """Yield what to copy into `runtime.yml`."""
    yield "# for runtime.yml"
    yield "smell:"
    yield f"  {safe_line(prompt)}:"
    if rules.length is not None:
        yield f"    length: [{rules.length[0]}, {rules.length[1]}]"
    if rules.scripts:
        yield f"    scripts: [{', '.join(rules.scripts)}]"


def smell_document(
    run: SmellRun, *, before: SmellBaseline | None, drop: Drop | None, exit_code: int
) -> dict[str, Data]:
    """Return the object for machines."""
    passed = count_of(run.smelt)
    low, high = clopper_pearson(passed.passed, passed.of)
    document: dict[str, Data] = {
        "schema": SCHEMA,
        **_counted(passed),
        "interval": [low, high],
        "smells": {smell.value: number for smell, number in found_in(run.smelt).items()},
        "without_answer": run.unanswered,
        "of_other_prompts": run.left_out,
        "unreadable": len(run.unread),
        "worst": [_worst(each) for each in _by_badness(run)[:MOST_WORST]],
        "baseline": None if before is None else dict(_counted(before.count)),
        "drop": None,
        "exit_code": exit_code,
    }
    if drop is not None:
        document["drop"] = {
            "course": drop.course.value,
            "estimate": drop.estimate,
            "low": drop.low,
            "high": drop.high,
            "limit": drop.limit,
        }
    return document


def _table(run: SmellRun, before: SmellBaseline | None) -> Iterator[str]:
    found = found_in(run.smelt)
    if not found:
        return
    yield ""
    was = f"  {'before':>7}" if before else ""
    yield f"{'smell':<13} {'answers':>8} {'share':>8}{was}  lines"
    for smell, number in found.items():
        share = percent(number / len(run.smelt))
        yield (
            f"{smell.value:<13} {number:>8,} {share:>8}{_before(smell.value, before)}"
            f"  {_places(run, smell)}"
        )


def _places(run: SmellRun, smell: Smell) -> str:
    """Name the lines of the first answers with a smell, and their file where there are several."""
    several = len({each.response.path for each in run.smelt}) > 1
    lines = [
        safe_line(f"{each.response.path}:{each.response.line}")
        if several
        else str(each.response.line)
        for each in run.smelt
        if smell in each.smells
    ]
    more = ", …" if len(lines) > MOST_LINES else ""
    return f"{', '.join(lines[:MOST_LINES])}{more}"


def _before(smell: str, before: SmellBaseline | None) -> str:
    if before is None:
        return ""
    counts = {each.value: number for each, number in before.found.items()}
    return f"  {percent(counts.get(smell, 0) / before.count.of):>7}"


def _comparison(before: SmellBaseline, drop: Drop) -> Iterator[str]:
    was = before.count
    yield f"baseline: {was.passed:,} of {was.of:,} passed: {percent(was.rate)}"
    yield (
        f"drop in points: {points(drop.estimate)}"
        f" (at least {points(drop.low)}, at most {points(drop.high)}; each with {1 - ALPHA:.0%})"
    )
    yield _CONCLUSIONS[drop.course].format(limit=points(drop.limit))


def _by_badness(run: SmellRun) -> list[Smelt]:
    return sorted((each for each in run.smelt if each.smells), key=lambda each: -len(each.smells))


def _worst(each: Smelt) -> dict[str, Data]:
    return {
        "file": each.response.path,
        "line": each.response.line,
        "smells": [smell.value for smell in each.smells],
    }


def _counted(passed: PassCount) -> dict[str, Data]:
    return {"responses": passed.of, "passed": passed.passed, "pass_rate": passed.rate}
