"""Tells what comparing files of trials came to: a sentence, facts in a row, and JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from evalgate.model.document import Data
from evalgate.model.policy import OnInconclusive
from evalgate.model.told import FileComparison, PairedCounts
from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, Verdict, VersionRef
from evalgate.reporting.numbers import percent, points, signed_points
from evalgate.reporting.sentences import bounds, changed_cases, prompt_headline
from evalgate.reporting.verdict_file import prompt_entry
from evalgate.reporting.visible import on_one_line

SCHEMA = "comparisons/1"

_NAME = 60
_NOT_IN_FILES = (
    "cost_usd",
    "latency_ms",
    "preflight",
    "spending",
    "turning",
    "why",
    "judge",
    "pass_rate_bounds",
)
_ABOUT: Mapping[str, str] = {
    "population": "the traffic that the cases were drawn from",
    "suite": "exactly these cases",
}


def comparisons_document(
    comparisons: Sequence[FileComparison], verdict: Verdict, on_inconclusive: OnInconclusive
) -> dict[str, Data]:
    """Return the comparisons as data, ready to be written as JSON.

    Args:
        comparisons: in the order in which the files were given.
        verdict: the worst of theirs.
        on_inconclusive: what an inconclusive one does to the exit code.
    """
    return {
        "schema": SCHEMA,
        "verdict": verdict.value,
        "exit_code": int(verdict.exit_code(on_inconclusive)),
        "comparisons": [_entry(comparison) for comparison in comparisons],
    }


def headline(comparison: FileComparison) -> str:
    """Say what was decided about two files, in one sentence."""
    return prompt_headline(_with_names(comparison), broken=(), all_cases=())


def short_names(comparison: FileComparison) -> tuple[str, str]:
    """Return names that tell the two files apart: their own, or else their paths."""
    before, after = comparison.files
    names = (PurePath(before).name, PurePath(after).name)
    return (before, after) if names[0] == names[1] else names


def facts(comparison: FileComparison) -> Iterator[tuple[str, str]]:
    """Yield the rows of a comparison's table: a name and what stands beside it."""
    verdict = comparison.verdict
    yield "cases", _cases(verdict)
    yield from changed_cases(verdict)
    yield "trials", _trials(comparison)
    yield "pass rate", pass_rates(verdict)
    if verdict.delta is not None:
        yield "change", f"{change(verdict)} points, from {interval(verdict)}"
    yield "limit", f"a drop of {_limit(verdict)}; error rate {percent(verdict.alpha)}"
    yield "about", _ABOUT[verdict.estimand]
    yield "flips", f"{_flips(verdict)}{_by_chance(comparison.paired)}"


def pass_rates(verdict: PromptVerdict) -> str:
    """Write both pass rates."""
    return " → ".join(percent(verdict.pass_rate.get(arm)) for arm in Arm)


def change(verdict: PromptVerdict) -> str:
    """Write the estimated change in points; a dash where there is none."""
    return "–" if verdict.delta is None else signed_points(verdict.delta.estimate)


def interval(verdict: PromptVerdict) -> str:
    """Write the bounds of the change in points; a dash where there are none."""
    return "–" if verdict.delta is None else " to ".join(bounds(verdict.delta, verdict.max_drop))


def _cases(verdict: PromptVerdict) -> str:
    """Write how many cases were compared, and how many only one file has."""
    more = ((verdict.cases.new, "new"), (verdict.cases.deleted, "deleted"))
    parts = [f"{number:,} {word}" for number, word in more if number]
    return ", ".join([f"{verdict.cases.compared:,} compared", *parts])


def _flips(verdict: PromptVerdict) -> str:
    """Write how many cases did worse and better."""
    return f"{len(verdict.flips.regressed):,} worse, {len(verdict.flips.fixed):,} better"


def _trials(comparison: FileComparison) -> str:
    ledger = comparison.verdict.ledger
    lost = sum(arm.errored + arm.skipped for arm in ledger.values())
    told = " and ".join(f"{ledger[arm].planned:,} {arm.value}" for arm in Arm if arm in ledger)
    if not lost:
        return told
    kinds = ", ".join(
        f"{number:,} × {on_one_line(kind, _NAME)}"
        for kind, number in list(comparison.error_kinds.items())[:5]
    )
    return f"{told}; {lost:,} without a grade ({kinds})"


def _limit(verdict: PromptVerdict) -> str:
    size = points(verdict.max_drop)
    return f"{size} {'point' if size == '1' else 'points'}"


def _by_chance(paired: PairedCounts | None) -> str:
    if paired is None or paired.lost + paired.won == 0:
        return ""
    chance = "<0.0001" if paired.mid_p < 0.0001 else f"{paired.mid_p:.4f}".rstrip("0").rstrip(".")
    return f" (McNemar's mid-p {chance})"


def _with_names(comparison: FileComparison) -> PromptVerdict:
    """Put the files' names where no version is known, for the sentence."""
    verdict = comparison.verdict
    before, after = (on_one_line(name, _NAME) for name in short_names(comparison))
    name = verdict.name if verdict.candidate is not None and verdict.name else after
    return replace(
        verdict,
        name=name,
        candidate=verdict.candidate if verdict.name else None,
        baseline=verdict.baseline or VersionRef(version=before, hash=""),
    )


def _entry(comparison: FileComparison) -> Data:
    entry = prompt_entry(comparison.verdict)
    kept = {key: value for key, value in entry.items() if key not in _NOT_IN_FILES}
    return {
        "files": list(comparison.files),
        **kept,
        "error_kinds": dict(comparison.error_kinds),
        "mcnemar": _mcnemar(comparison.paired),
        "notes": list(comparison.notes),
    }


def _mcnemar(paired: PairedCounts | None) -> Data:
    if paired is None:
        return None
    return {
        "lost": paired.lost,
        "won": paired.won,
        "mid_p": float(f"{paired.mid_p:.6g}"),
        "score_interval": [round(bound, 6) for bound in paired.score_interval],
    }
