"""The trials of a plan, matchup by matchup, each once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.model.trial import Arm
from evalgate.running.plan import PlannedTrial, plan_trials


def planned_trials(plan: Plan) -> Iterator[PlannedTrial]:
    """Yield each trial of a plan once, though several candidates may share those of a baseline."""
    for matchup, earlier in _with_earlier(plan.matchups):
        yield from _own_trials(matchup, earlier)


def trials_by_matchup(plan: Plan) -> Iterator[tuple[Matchup, Iterator[PlannedTrial]]]:
    """Yield each matchup with its trials; a shared baseline belongs to the first that needs it."""
    for matchup, earlier in _with_earlier(plan.matchups):
        yield matchup, _own_trials(matchup, earlier)


def _with_earlier(matchups: Sequence[Matchup]) -> Iterator[tuple[Matchup, list[Matchup]]]:
    """Yield each matchup with those before it that are about the same prompt and set."""
    for place, matchup in enumerate(matchups):
        yield matchup, [each for each in matchups[:place] if _is_alike(each, matchup)]


def _is_alike(one: Matchup, other: Matchup) -> bool:
    return _subject(one) == _subject(other)


def _subject(matchup: Matchup) -> tuple[str, str] | None:
    baseline = matchup.candidate.baseline
    return None if baseline is None else (baseline.prompt, matchup.evalset.name)


def _own_trials(matchup: Matchup, earlier: Sequence[Matchup]) -> Iterator[PlannedTrial]:
    shared = {
        (case.case, index) for each in earlier for case in each.planned for index in case.baseline
    }
    for trial in plan_trials(
        matchup.evalset,
        matchup.planned,
        candidate=matchup.candidate.version,
        baseline=matchup.candidate.baseline,
    ):
        if trial.arm is Arm.CANDIDATE or (trial.case.id, trial.index) not in shared:
            check = matchup.checks.get((trial.arm, trial.case.id, trial.index))
            yield trial if check is None else replace(trial, check=check)
