"""The way of a rollout, station by station: from the offline verdict over its shares to the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.milestone import Phase
from evalgate.model.rollout import RolloutReport
from evalgate.model.verdict import Verdict
from evalgate.reporting.rollout_criteria import present_share
from evalgate.reporting.rollout_words import share

_FULL = 100.0


class Place(StrEnum):
    """Where a station lies as seen from the present."""

    PAST = "past"
    SKIPPED = "skipped"
    HERE = "here"
    END = "end"
    HELD = "held"
    BACK = "back"
    AHEAD = "ahead"


_TONES: Mapping[Place, Verdict] = {
    Place.PAST: Verdict.PASS,
    Place.END: Verdict.PASS,
    Place.HELD: Verdict.INCONCLUSIVE,
    Place.BACK: Verdict.FAIL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One station: its name, where it lies, the sign that says so, and a word for the present."""

    name: str
    place: Place
    sign: str = ""
    word: str = ""

    @property
    def is_present(self) -> bool:
        """Whether the rollout stands here."""
        return self.place not in (Place.PAST, Place.SKIPPED, Place.AHEAD)

    @property
    def tone(self) -> Verdict:
        """The verdict whose colours it has; sign and word say the same."""
        return _TONES.get(self.place, Verdict.NOT_APPLICABLE)


def stations(report: RolloutReport) -> tuple[Station, ...]:
    """Return the stations in their order, exactly one of which is the present one."""
    phase = report.rollout.phase
    last = phase is Phase.PROMOTED
    return (
        _preflight(report),
        *_shares(report),
        Station(name="promoted", place=Place.END, sign="✓", word="here")
        if last
        else Station(name="promoted", place=Place.AHEAD),
    )


def course_line(report: RolloutReport, *, ascii_only: bool = False) -> str:
    """Return the stations on one line, the present one in brackets.

    Args:
        report: whose stations.
        ascii_only: for what can show nothing else.
    """
    arrow, signs = (" -> ", {"✓": "+", "✗": "x", "–": "-"}) if ascii_only else (" → ", {})
    parts = []
    for each in stations(report):
        sign = signs.get(each.sign, each.sign)
        said = f"{each.name} {sign}".rstrip()
        word = f": {each.word}" if each.word else ""
        parts.append(f"[{said}{word}]" if each.is_present else said)
    return arrow.join(parts)


def _preflight(report: RolloutReport) -> Station:
    phase = report.rollout.phase
    if phase is Phase.PROMOTED or present_share(report):
        return Station(name="preflight", place=Place.PAST, sign="✓")
    return _present(phase, "preflight")


def _shares(report: RolloutReport) -> Iterator[Station]:
    rollout = report.rollout
    had = {step.percent for step in rollout.steps}
    had |= {_FULL} if rollout.at_full is not None else set()
    present = present_share(report)
    stands = rollout.phase not in (Phase.PREFLIGHT, Phase.PROMOTED)
    known = {*report.stages, *had, *([present] if stands and present else [])}
    for percent in sorted(known):
        if stands and percent == present:
            yield _present(rollout.phase, share(percent))
        elif percent in had:
            yield Station(name=share(percent), place=Place.PAST, sign="✓")
        else:
            passed = rollout.phase is Phase.PROMOTED or (stands and percent < present)
            place = Place.SKIPPED if passed else Place.AHEAD
            yield Station(name=share(percent), place=place, sign="–" if passed else "")


def _present(phase: Phase, name: str) -> Station:
    if phase is Phase.ROLLED_BACK:
        return Station(name=name, place=Place.BACK, sign="✗", word="rolled back")
    if phase is Phase.HELD:
        return Station(name=name, place=Place.HELD, word="held")
    return Station(name=name, place=Place.HERE, word="here")
