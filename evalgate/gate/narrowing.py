"""Narrows a plan to a few cases, for a look at them that decides nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evalgate.errors import UsageError
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.model.comparison import PlannedCase
from evalgate.model.reading import describe, suggestion
from evalgate.running.selection import Selection


def narrowed(plan: Plan, selection: Selection) -> Plan:
    """Return the plan of the selected cases alone, each with its usual number of trials.

    There are no looks, since they are for verdicts, and no error budget: nothing is decided, so
    one trial that errors ends nothing.

    Raises:
        UsageError: when nothing is run between base and head, or a name is not known.
    """
    if not plan.matchups:
        between = f"between {plan.sources.base} and {plan.sources.head}"
        raise UsageError(f"nothing is run {between}, so there is no case to run: see evalgate plan")
    meant = list(_meant(plan.matchups, selection))
    _check_cases(meant, selection)
    matchups = (_narrowed(matchup, selection) for matchup in meant)
    policy = plan.sources.policy
    tolerant = replace(policy, gate=replace(policy.gate, error_budget=1.0))
    return replace(
        plan,
        sources=replace(plan.sources, policy=tolerant),
        matchups=tuple(matchup for matchup in matchups if matchup.planned),
        only=selection,
    )


def _meant(matchups: Sequence[Matchup], selection: Selection) -> Iterator[Matchup]:
    """Yield the matchups of the prompt and of the eval set that are named, or all.

    Raises:
        UsageError: with the nearest name, when there is none.
    """
    prompts = {matchup.candidate.version.prompt for matchup in matchups}
    if selection.prompt is not None and selection.prompt not in prompts:
        raise _unknown("--prompt", selection.prompt, prompts)
    sets = {matchup.evalset.name for matchup in matchups}
    if selection.evalset is not None and selection.evalset not in sets:
        raise _unknown("--evalset", selection.evalset, sets)
    for matchup in matchups:
        if selection.prompt in {None, matchup.candidate.version.prompt} and (
            selection.evalset in {None, matchup.evalset.name}
        ):
            yield matchup


def _check_cases(matchups: Sequence[Matchup], selection: Selection) -> None:
    known = {case.case for matchup in matchups for case in _usual(matchup)}
    for case in selection.cases:
        if case not in known:
            raise _unknown("--case", case, known)


def _unknown(option: str, name: str, known: set[str]) -> UsageError:
    return UsageError(f"{option}: {describe(name)} is not run here{suggestion(name, known)}")


def _narrowed(matchup: Matchup, selection: Selection) -> Matchup:
    # The trials of a judge are those of its anchors, each with its label.
    trials = None if matchup.checks else selection.trials
    planned = tuple(
        case if trials is None else _with_trials(case, trials)
        for case in _usual(matchup)
        if case.case in selection.cases
    )
    return replace(matchup, planned=planned, history=None, preflight=None)


def _usual(matchup: Matchup) -> tuple[PlannedCase, ...]:
    return matchup.history.usual if matchup.history else matchup.planned


def _with_trials(case: PlannedCase, trials: int) -> PlannedCase:
    return replace(case, baseline=range(trials if case.baseline else 0), candidate=range(trials))
