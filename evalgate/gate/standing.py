"""Where a matchup stands: what its trials amount to, and which further ones they call for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from evalgate.deciding.comparison import Comparing
from evalgate.gate.looks import (
    BEGINNING,
    History,
    Progress,
    following,
    has_drifted,
    most_planned,
    planned_at,
    rules_at,
)
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.gate.scope import planned_key, trial_key
from evalgate.gate.trials import planned_trials
from evalgate.model.comparison import Comparison, PlannedCase
from evalgate.model.policy import GateRules
from evalgate.model.trial import Arm, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The trials that a matchup has called for, what they amount to, and by which rules.

    The rules have the error rate of the look at which it stands.
    """

    planned: tuple[PlannedCase, ...]
    comparison: Comparison
    rules: GateRules
    progress: Progress = BEGINNING


def is_refuted(standing: Standing, history: History | None) -> bool:
    """Tell whether a matchup rests on a record that its own trials refute."""
    if history is None or standing.progress.afresh:
        return False
    return has_drifted(standing.comparison, history)


class MatchupTrials:
    """The trials of one matchup; those of others are passed over."""

    def __init__(self, matchup: Matchup, rules: GateRules) -> None:
        """Prepare to take trials.

        Args:
            matchup: whose trials they are.
            rules: the policy's, as they hold for this matchup.
        """
        self.matchup = matchup
        self._rules = rules
        history = matchup.history
        most = most_planned(history) if history else matchup.planned
        self._comparing = Comparing(matchup.planned, matchup.deleted, most=most)

    def add(self, trial: Trial) -> bool:
        """Take a trial if it is one of this matchup, and tell whether it is."""
        if not _belongs(trial, self.matchup):
            return False
        self._comparing.enter(trial)
        return True

    def standing(self) -> Standing:
        """Return where the matchup stands: at the first point whose trials have not all been told.

        A matchup that is settled stands where it was.
        """
        history = self.matchup.history
        if history is None:
            planned = self.matchup.planned
            comparison = self._comparing.comparison()
            return Standing(planned=planned, comparison=comparison, rules=self._rules)
        progress = BEGINNING
        while further := self._following(progress, history):
            progress = further
        planned = planned_at(history, progress)
        return Standing(
            planned=planned,
            comparison=self._comparing.comparison(planned),
            rules=rules_at(history, progress, self._rules),
            progress=progress,
        )

    def _following(self, progress: Progress, history: History) -> Progress | None:
        comparison = self._comparing.comparison(planned_at(history, progress), is_final=False)
        return following(progress, comparison, history=history, rules=self._rules)


class PlanTrials:
    """The trials of a plan, and the plan that they have called for so far."""

    def __init__(self, plan: Plan) -> None:
        """Prepare to take the trials of a plan as it was at first."""
        self._plan = plan
        self._growing = {
            place: MatchupTrials(matchup, matchup.rules(plan.sources.policy.gate))
            for place, matchup in enumerate(plan.matchups)
            if matchup.history is not None and matchup.history.may_grow
        }

    def add(self, trial: Trial) -> None:
        """Take a trial."""
        for matchup in self._growing.values():
            matchup.add(trial)

    def plan(self) -> Plan:
        """Return the plan with all trials that are called for now."""
        matchups = list(self._plan.matchups)
        for place, growing in self._growing.items():
            matchups[place] = replace(matchups[place], planned=growing.standing().planned)
        return replace(self._plan, matchups=tuple(matchups))


def called_for(plan: Plan, trials: Iterable[Trial]) -> Plan:
    """Return the plan with all that its trials so far have called for."""
    told = PlanTrials(plan)
    for trial in trials:
        told.add(trial)
    return told.plan()


def counted(plan: Plan, trials: Callable[[], Iterator[Trial]]) -> Callable[[], Iterator[Trial]]:
    """Return what yields the trials that the verdict counts, out of all that were run.

    A baseline that runs afresh leaves those on record aside.
    """
    if not any(each.history and each.history.may_grow for each in plan.matchups):
        return trials
    keys = {planned_key(each) for each in planned_trials(called_for(plan, trials()))}
    return lambda: (trial for trial in trials() if trial_key(trial) in keys)


def with_most(plan: Plan) -> Plan:
    """Return the plan with every trial that may ever be called for."""
    matchups = tuple(
        replace(each, planned=most_planned(each.history)) if each.history else each
        for each in plan.matchups
    )
    return replace(plan, matchups=matchups)


def _belongs(trial: Trial, matchup: Matchup) -> bool:
    baseline = matchup.candidate.baseline
    version = matchup.candidate.version if trial.arm is Arm.CANDIDATE else baseline
    return (
        version is not None
        and trial.evalset == matchup.evalset.name
        and trial.prompt == version.prompt
        and trial.version == version.version
        and trial.version_hash == version.hash
    )
