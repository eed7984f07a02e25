"""Whether an incident may be closed: it leaves at least one new golden case behind; pure.

The case has to show that it would have caught what happened: it fails on the bad version and
passes on the good one. Where that cannot be shown, somebody says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evalgate.errors import UsageError
from evalgate.model.incident import (
    ActionPhase,
    Closure,
    HistoryEntry,
    Incident,
    LearnedCase,
    Status,
)
from evalgate.monitoring.incidents.following import Signed, ticked
from evalgate.monitoring.incidents.messages import ended, with_texts
from evalgate.rollout.instants import seconds_of
from evalgate.rollout.overriding import instant

PROVEN, UNPROVEN = "proven", "unproven"

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTrial:
    """One trial of a case by a version; `passed` is None where it was not graded."""

    version: str
    evalset: str
    case: str
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCase:
    """A case that is to close an incident.

    `is_new` tells that it was not in the eval set when the incident opened, None where nobody can
    say; `is_finished` that nothing in it is left to be filled in.
    """

    evalset: str
    case: str
    is_new: bool | None
    is_finished: bool = True

    @property
    def name(self) -> str:
        """How it is named on the command line."""
        return f"{self.evalset}:{self.case}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a person says at the end."""

    root_cause: str
    contributing: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    unproven: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The version that was bad, and the one that is good; empty where there is none."""

    bad: str = ""
    good: str = ""


def versions_of(incident: Incident) -> Versions:
    """Return which version was bad and which was good, as far as the incident tells."""
    for each in incident.suspects:
        if each.kind == "prompt" and each.before and each.after:
            return Versions(bad=each.after, good=each.before)
        if each.kind == "weight" and each.after:
            return Versions(bad=each.after.split()[0])
    return Versions(bad=incident.scope.version)


def check_case(case: NamedCase) -> None:
    """Raise UsageError when a case cannot close an incident, whatever trials of it show."""
    if not case.is_finished:
        raise UsageError(
            f"case: {case.name} is a draft: fill in what is marked `FILL IN`, and look it over"
        )
    if case.is_new is False:
        raise UsageError(
            f"case: {case.name} was in the eval set before the incident, and did not keep it from "
            "happening: add a new one, such as `evalgate incident case` drafts"
        )


def learned(
    case: NamedCase, trials: Sequence[CaseTrial], versions: Versions, *, unproven: str
) -> LearnedCase:
    """Return what a case shows, or raise UsageError where it shows nothing.

    Args:
        case: that is to close the incident.
        trials: of any cases and versions.
        versions: the bad and the good one.
        unproven: why nothing is shown; empty where it must be.
    """
    check_case(case)
    if unproven:
        return LearnedCase(evalset=case.evalset, case=case.case, proof=UNPROVEN, note=unproven)
    note = _shown(case, trials, versions)
    return LearnedCase(evalset=case.evalset, case=case.case, proof=PROVEN, note=note)


def closed(
    incident: Incident, ending: Ending, cases: tuple[LearnedCase, ...], signed: Signed
) -> Incident:
    """Return an incident that is over, with what it took and what was learned.

    Raises:
        UsageError: it is closed, nobody says why it happened, or it leaves no case behind.
    """
    if not incident.is_open:
        raise UsageError(f"{incident.id} is closed already, since {_since(incident)}")
    if not ending.root_cause.strip():
        raise UsageError("root-cause: say why it happened")
    if not cases and not incident.drill:
        raise UsageError(
            "case: name at least one new golden case, EVALSET:CASE, so that the gate keeps this "
            f"from coming back: `evalgate incident case {incident.id} --from "
            "REQUEST_ID --evalset NAME` drafts one"
        )
    closure = Closure(
        at=instant(signed.at),
        by=signed.by,
        root_cause=ending.root_cause.strip(),
        contributing=ending.contributing,
        minutes_to_detect=_minutes(incident.detection.first_bad, incident.opened_at),
        minutes_to_mitigate=_minutes(incident.opened_at, _mitigated(incident)),
        cases=cases,
        follow_ups=ending.follow_ups,
    )
    names = ", ".join(f"{each.evalset}:{each.case} ({each.proof})" for each in cases) or "no case"
    entry = HistoryEntry(
        at=closure.at, by=signed.by, what=f"closed with {names}", why=closure.root_cause
    )
    communication = incident.communication
    if incident.status is not Status.RESOLVED:
        communication = ended(communication, at=signed.at)
    return with_texts(
        replace(
            ticked(incident, "close", signed),
            status=Status.CLOSED,
            closure=closure,
            communication=communication,
            history=(*incident.history, entry),
        )
    )


def _shown(case: NamedCase, trials: Sequence[CaseTrial], versions: Versions) -> str:
    own = [each for each in trials if (each.evalset, each.case) == (case.evalset, case.case)]
    if not versions.bad or not versions.good:
        raise UsageError(
            "case: nothing says which version was bad and which is good: name them with --bad and "
            "--good, or say with --unproven why the case cannot show it"
        )
    bad, good = (_rate(own, version) for version in (versions.bad, versions.good))
    if bad is None or good is None:
        lacking = versions.bad if bad is None else versions.good
        raise UsageError(
            f"case: no trial shows what {lacking} makes of {case.name}: name run folders or files "
            "of trials with --trials, let them run with --prove, or say with --unproven why not"
        )
    told = f"{versions.bad} passes {_told(bad)}, {versions.good} {_told(good)}"
    if _share(bad) >= HALF or _share(good) <= HALF:
        raise UsageError(
            f"case: {case.name} does not tell the bad version from the good one: {told} trials; "
            "sharpen its graders"
        )
    return f"{told} trials"


def _rate(trials: Iterable[CaseTrial], version: str) -> tuple[int, int] | None:
    """Return how many trials of a version passed, of how many that were graded."""
    graded = [each.passed for each in trials if each.version == version and each.passed is not None]
    return (sum(graded), len(graded)) if graded else None


def _share(rate: tuple[int, int]) -> float:
    return rate[0] / rate[1]


def _told(rate: tuple[int, int]) -> str:
    return f"{rate[0]} of {rate[1]}"


def _mitigated(incident: Incident) -> str:
    """Return when the first mitigation was done, or when somebody said that it was."""
    done = sorted(
        each.result.at
        for each in incident.actions
        if each.phase is ActionPhase.MITIGATE and each.is_done and each.result is not None
    )
    said = [
        entry.at
        for entry in incident.history
        if entry.what.endswith((f"→ {Status.MITIGATED.value}", f"→ {Status.RESOLVED.value}"))
    ]
    return min((*done[:1], *said[:1]), default="")


def _minutes(before: str, after: str) -> float | None:
    first, last = seconds_of(before), seconds_of(after)
    return None if first is None or last is None else round(max(0.0, last - first) / 60, 1)


def _since(incident: Incident) -> str:
    return incident.closure.at if incident.closure else "some time"


def newness(name: str, values: object, *, earlier: Mapping[str, object] | None) -> bool | None:
    """Return whether a case is new.

    Args:
        name: its id.
        values: what it asks.
        earlier: what the cases asked when the incident opened, by id; None where nobody knows.
    """
    if earlier is None:
        return None
    return name not in earlier and values not in earlier.values()
