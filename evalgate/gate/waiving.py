"""Takes waived cases out of what decides: which waivers are in force, and why others are not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evalgate.gate.evalsets import Sets
from evalgate.gate.gathering import Sources
from evalgate.gate.matching import Matchup
from evalgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivers:
    """The waivers that a question is asked under, and the day in UTC that decides about them."""

    listed: tuple[Waiver, ...]
    today: str


def waivers_of(sources: Sources) -> Waivers:
    """Return the waivers of the base; a policy that only the head has cannot waive anything."""
    listed = () if sources.bootstrap else sources.policy.waivers
    return Waivers(listed=listed, today=sources.question.today)


def waive(matchup: Matchup, waivers: Waivers) -> Matchup:
    """Return a matchup whose waived cases are marked."""
    known = {case.case for case in matchup.planned}
    in_force = {
        waiver.case: waiver
        for waiver in waivers.listed
        if waiver.case in known and waiver.holds(waivers.today) and _is_for(waiver, matchup)
    }
    if not in_force:
        return matchup
    return replace(
        matchup,
        planned=tuple(
            replace(case, waived=True) if case.case in in_force else case
            for case in matchup.planned
        ),
        waived=tuple(in_force[case] for case in sorted(in_force)),
    )


def waiver_notes(matchups: Sequence[Matchup], sets: Sets, waivers: Waivers) -> Iterator[str]:
    """Yield a sentence for each waiver of what is tested that has no effect, and why."""
    for waiver in waivers.listed:
        tested = [each for each in matchups if each.evalset.name == waiver.evalset]
        cause = _obstacle(waiver, tested, sets, today=waivers.today)
        if cause:
            yield (
                f"The waiver of {waiver.owner} for case {waiver.case} of {waiver.evalset} "
                f"has no effect: {cause}."
            )


def _obstacle(waiver: Waiver, tested: Sequence[Matchup], sets: Sets, *, today: str) -> str | None:
    """Return why a waiver is not in force; None when it is, or when its set is not run here."""
    if waiver.evalset not in sets:
        return "there is no such eval set"
    if not tested:
        return None
    if not any(waiver.case == case.case for each in tested for case in each.planned):
        return "no case of that name is run"
    if not waiver.holds(today):
        return f"it expired on {waiver.expires}" if today else "this run does not know its day"
    if not any(_is_for(waiver, each) for each in tested):
        return f"it is for the version whose hash begins with {waiver.candidate}, not for this one"
    return None


def _is_for(waiver: Waiver, matchup: Matchup) -> bool:
    same_set = waiver.evalset == matchup.evalset.name
    return same_set and matchup.candidate.version.hash.startswith(waiver.candidate)
