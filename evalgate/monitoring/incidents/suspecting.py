"""Ranks what may be the cause: changes shortly before the fall that fit what was found; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

from evalgate.model.alarm import Alarm
from evalgate.model.incident import Suspect
from evalgate.model.traffic import Change
from evalgate.monitoring.incidents.beginning import ToldBy
from evalgate.reporting.instants import duration
from evalgate.rollout.overriding import instant

MOST_SUSPECTS = 8

LOOK_BACK = 7 * 86_400.0
"""Seconds before the change point beyond which a change is no suspect."""

FADING = 6 * 3600.0
"""Seconds of lead that make a change less suspect by a factor of e."""

SLACK = 1800.0
"""Seconds by which the change point may lie before its cause: it is an estimate."""

AFTERWARDS = 0.5
"""How suspect a change after a named time is, against one as long before it: causes come first."""

_FITS, _MAY_FIT, _CANNOT = 12.0, 3.0, 0.03

_BEGAN: Mapping[ToldBy, str] = {
    ToldBy.PERSON: "it is said to have begun",
    ToldBy.NOBODY: "it was reported",
}
"""What a change came before, where no figures tell it."""

_OWN = frozenset({"prompt", "weight", "model"})
"""Changes that concern one prompt alone."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """What the triage has found: `alone` names the one part that fell, by dimension.

    `is_common` tells whether other prompts fell too, None where that is not known. `judge` says
    what speaks against the judge, `mix` by which dimension the traffic has shifted.
    """

    judge: str = ""
    is_common: bool | None = None
    alone: dict[str, str] = field(default_factory=dict)
    mix: str = ""
    errors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Onset:
    """When it seems to have begun; what no alarm tells may be off by as long as it is ago."""

    began: float
    raised: float
    told_by: ToldBy

    @property
    def at(self) -> float:
        """The instant that changes are held against; where nobody knows, that of the report."""
        return self.raised if self.told_by is ToldBy.NOBODY else self.began

    @property
    def until(self) -> float:
        """From when on a change is no suspect."""
        if self._is_guess:
            return self.raised
        return min(self.began + self._slack, self.raised)

    def nearness(self, ts: float) -> float:
        """Return how suspect an instant is by its distance alone, from 0 to 1."""
        lead = self.at - ts
        if self._is_guess:
            near = exp(-abs(lead) / max(FADING, self.raised - self.began))
            return near if lead >= 0 else AFTERWARDS * near
        return exp(-lead / FADING) if lead >= 0 else exp(lead / self._slack)

    @property
    def _is_guess(self) -> bool:
        return self.told_by is not ToldBy.FIGURES

    @property
    def _slack(self) -> float:
        return max(SLACK, (self.raised - self.began) / 4)


def suspects_of(
    changes: Sequence[Change],
    found: Findings,
    *,
    alarm: Alarm,
    told_by: ToldBy = ToldBy.FIGURES,
) -> tuple[Suspect, ...]:
    """Return the suspects, the likeliest one first; there is always one.

    Args:
        changes: of the whole timeline.
        found: what the triage has found.
        alarm: that has been raised.
        told_by: who tells when it began.
    """
    onset = _Onset(began=alarm.began, raised=alarm.raised, told_by=told_by)
    weighed = [
        (onset.nearness(change.ts) * _fit(change, found, alarm=alarm), change)
        for change in changes
        if onset.at - LOOK_BACK <= change.ts <= onset.until
    ]
    told = [
        *((weight, _told(change, found, onset=onset)) for weight, change in weighed if weight),
        *_unchanged(found, alarm=alarm),
    ]
    told.sort(key=lambda each: (-each[0], each[1].ts, each[1].kind, each[1].subject))
    total = sum(weight for weight, _ in told) or 1.0
    return tuple(_with_weight(suspect, weight / total) for weight, suspect in told[:MOST_SUSPECTS])


def _fit(change: Change, found: Findings, *, alarm: Alarm) -> float:
    """Return how well a change fits what was found; 1 where nothing is known for or against it."""
    if change.kind in _OWN and alarm.stream.prompt and change.subject != alarm.stream.prompt:
        return 0.0
    if found.judge:
        return _FITS if change.kind == "judge" else _CANNOT
    if change.kind == "judge":
        return _CANNOT
    if found.mix:
        return _CANNOT
    fit = 1.0
    if found.is_common is not None:
        is_own = change.kind in _OWN
        fit *= _MAY_FIT if is_own is not found.is_common else 1 / _MAY_FIT
    return fit * _located(change, found.alone)


def _located(change: Change, alone: Mapping[str, str]) -> float:
    """Return how well a change fits the part of the traffic that fell by itself."""
    if not alone:
        return 1.0
    match change.kind:
        case "provider":
            places = {alone.get("provider"), alone.get("route")} - {None}
            is_meant = bool(places & {change.subject, change.before, change.after})
            return _FITS if is_meant else _MAY_FIT if places else 1.0 / _MAY_FIT
        case "prompt" | "weight":
            version = alone.get("version", "")
            return _FITS if version and version in change.after.split() else _CANNOT
        case "model":
            return _FITS if alone.get("model") == change.after else _CANNOT
        case _:
            is_own = change.kind in ("application", "sdk") and "feature" in alone
            return _MAY_FIT if is_own else 1.0 / _MAY_FIT


def _told(change: Change, found: Findings, *, onset: _Onset) -> Suspect:
    lead = (onset.at - change.ts) / 60
    when = f"{duration(60 * abs(lead))} {'before' if lead >= 0 else 'after'}"
    began = _BEGAN.get(onset.told_by, "the answers seem to have changed")
    return Suspect(
        kind=change.kind,
        subject=change.subject,
        before=change.before,
        after=change.after,
        ts=instant(change.ts),
        lead_minutes=None if onset.told_by is ToldBy.NOBODY else round(lead, 1),
        source=change.source,
        why=f"{when} {began}{_fitting(change, found)}",
    )


def _fitting(change: Change, found: Findings) -> str:
    if _located(change, found.alone) >= _FITS:
        where = ", ".join(f"{dimension} {name}" for dimension, name in found.alone.items())
        return f", and the fall is that of {where} alone"
    if found.judge and change.kind == "judge":
        return f"; {found.judge}"
    return ""


def _unchanged(found: Findings, *, alarm: Alarm) -> Iterator[tuple[float, Suspect]]:
    """Yield what is to be suspected without any change of ours."""
    if found.judge:
        yield 0.5, Suspect(kind="judge", subject=alarm.stream.criterion, why=found.judge)
        return
    if found.mix:
        yield (
            1.0,
            Suspect(
                kind="traffic",
                subject=found.mix,
                why=f"each {found.mix} is answered as before, and their shares have changed",
            ),
        )
        return
    place = found.alone.get("provider") or found.alone.get("route")
    if place:
        why = "only what it answered fell, and what others answered did not"
        yield 1.0, Suspect(kind="provider", subject=place, why=why)
        return
    if "feature" in found.alone and "version" not in found.alone:
        why = "only this feature fell: look at what it sends, and at its release"
        yield 0.5, Suspect(kind="application", subject=found.alone["feature"], why=why)
    why = "no change of ours explains it better: models and providers change by themselves"
    yield 0.1, Suspect(kind="provider", subject=alarm.stream.provider, why=why)


def _with_weight(suspect: Suspect, weight: float) -> Suspect:
    return Suspect(
        kind=suspect.kind,
        subject=suspect.subject,
        before=suspect.before,
        after=suspect.after,
        ts=suspect.ts,
        lead_minutes=suspect.lead_minutes,
        weight=round(weight, 3),
        source=suspect.source,
        why=suspect.why,
    )
