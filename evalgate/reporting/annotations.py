"""Remarks at the lines of prompt files, within what a workflow shows of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from evalgate.errors import Problem
from evalgate.model.github import Annotation, Level
from evalgate.model.verdict import PromptVerdict, Verdict
from evalgate.reporting.numbers import count
from evalgate.reporting.story import Report

MOST_OF_A_LEVEL = 10
"""How many annotations of each level a step of a workflow shows; it drops the rest in silence."""

Lines = Mapping[tuple[str, str], tuple[str, int]]
"""Prompt and version → the path of the file, and the line at which it begins to differ."""

_LEVELS: Mapping[Verdict, Level] = {
    Verdict.FAIL: Level.ERROR,
    Verdict.ERROR: Level.ERROR,
    Verdict.INCONCLUSIVE: Level.WARNING,
}


def annotations(
    report: Report, *, lines: Lines, problems: Sequence[Problem] = ()
) -> tuple[Annotation, ...]:
    """Return all that is remarked about a run: each version held back, each problem of a file.

    Where there is neither, the headline is the one remark.

    Args:
        report: the run, told.
        lines: where the versions differ.
        problems: what is wrong with files, when the run ended at that.
    """
    title = "evalgate (simulated answers)" if report.run.simulated else "evalgate"
    found = [_at_problem(problem, title) for problem in problems]
    found += _at_versions(report, lines, title)
    if not found:
        level = _LEVELS.get(report.run.verdict, Level.NOTICE)
        found = [Annotation(level=level, title=title, message=report.headline)]
    return tuple(found)


def capped(found: Iterable[Annotation], most: int = MOST_OF_A_LEVEL) -> Iterator[Annotation]:
    """Yield as many of each level as are shown; the last one says how many more there are."""
    by_level: dict[Level, list[Annotation]] = {}
    for each in found:
        by_level.setdefault(each.level, []).append(each)
    for level, remarks in by_level.items():
        if len(remarks) <= most:
            yield from remarks
            continue
        yield from remarks[: most - 1]
        more = count(len(remarks) - most + 1, "more remark")
        message = f"{more} of this kind: the job summary and the report have them all."
        yield Annotation(level=level, title=remarks[0].title, message=message)


def _at_problem(problem: Problem, title: str) -> Annotation:
    said = f"{problem.key}: {problem.message}" if problem.key else problem.message
    return Annotation(
        level=Level.ERROR, title=title, message=said, path=problem.path, line=problem.line or 1
    )


def _at_versions(report: Report, lines: Lines, title: str) -> Iterator[Annotation]:
    for story in report.prompts:
        level = _LEVELS.get(story.verdict.verdict)
        place = lines.get(_version(story.verdict))
        if level is not None:
            path, line = place or ("", 1)
            yield Annotation(level=level, title=title, message=story.headline, path=path, line=line)


def _version(verdict: PromptVerdict) -> tuple[str, str]:
    return verdict.name, verdict.candidate.version if verdict.candidate else ""
