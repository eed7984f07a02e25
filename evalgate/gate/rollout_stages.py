"""Reads the stages of a rollout: which shares of the traffic, and what leads to the next one."""

from dataclasses import replace
from itertools import pairwise

from evalgate.model.document import Data, Place
from evalgate.model.policy import RolloutRules, Stage
from evalgate.model.reading import Section, describe

MOST_STAGES = 20
FIRST_PROOF, LAST_PROOF, MOST_PROOF = 3.0, 40.0, 1e6
"""The e-values that lead out of the first stage and to all of the traffic; the most to be set."""

MOST_UNITS = 1_000_000
MOST_MINUTES = 525_600.0
"""A year."""

_WHOLE = Stage(percent=100.0, proof=1.0)


def read_stages(section: Section) -> tuple[Stage, ...]:
    """Return the stages of a rollout; what is wrong is noted in the section."""
    usual = _read(section, _WHOLE)
    written = section.data.get("stages")
    if written is None:
        stages = RolloutRules().stages
        return tuple(
            replace(stage, units=usual.units, bake_minutes=usual.bake_minutes) for stage in stages
        )
    if not isinstance(written, list) or not 2 <= len(written) <= MOST_STAGES:
        said = f"a list of {len(written)}" if isinstance(written, list) else describe(written)
        expected = f"expected 2 to {MOST_STAGES} shares in percent, such as [5, 25, 50, 100]"
        section.note("stages", f"{expected}, got {said}")
        return RolloutRules().stages
    proofs = (*usual_proofs(len(written) - 1), _WHOLE.proof)
    stages = tuple(
        _stage(section, index, each, usual=replace(usual, proof=proofs[index]))
        for index, each in enumerate(written)
    )
    _check_order(section, [stage.percent for stage in stages])
    return stages


def usual_proofs(steps: int) -> tuple[float, ...]:
    """Return the e-values that lead out of each share below 100 %, the smallest share first.

    They grow by one factor from the first to the last, and are whole: 3, 11, 40 for three. The last
    one alone bounds the chance that a version which is too bad gets all of the traffic.
    """
    if steps == 1:
        return (LAST_PROOF,)
    factor = (LAST_PROOF / FIRST_PROOF) ** (1 / (steps - 1))
    return tuple(float(round(FIRST_PROOF * factor**step)) for step in range(steps))


def _stage(section: Section, index: int, written: Data, *, usual: Stage) -> Stage:
    """Read one stage; a wrong share is noted and becomes 0."""
    place = (*section.place, "stages", index)
    if not isinstance(written, dict):
        return replace(usual, percent=_share(section, place, written))
    stage = section.item("stages", index)
    percent = _share(section, (*place, "percent"), written.get("percent"))
    if percent == _WHOLE.percent:
        _check_whole(stage)
        stage.allow("percent", "bake_minutes", "units", "proof")
        return replace(_read(stage, usual), percent=percent)
    stage.allow("percent", "units", "bake_minutes", "proof")
    proof = stage.number("proof", usual.proof, least=1.0, most=MOST_PROOF)
    return replace(_read(stage, usual), percent=percent, proof=proof)


def _read(section: Section, usual: Stage) -> Stage:
    minutes = section.number("bake_minutes", usual.bake_minutes, least=0.0, most=MOST_MINUTES)
    units = section.integer("units", usual.units, least=1, most=MOST_UNITS)
    return replace(usual, units=units, bake_minutes=minutes)


def _share(section: Section, place: Place, written: Data) -> float:
    if (
        isinstance(written, int | float)
        and not isinstance(written, bool)
        and 0 < written <= _WHOLE.percent
        and round(written, 2) == written
    ):
        return float(written)
    expected = "expected a percent above 0 and up to 100 with at most two decimals"
    section.note_at(place, f"{expected}, got {describe(written)}")
    return 0.0


def _check_whole(stage: Section) -> None:
    for key in ("units", "proof"):
        if stage.data.get(key) is not None:
            stage.note(key, "at 100 % there is no second version to compare with: remove it")


def _check_order(section: Section, shares: list[float]) -> None:
    for index, (before, share) in enumerate(pairwise(shares), start=1):
        if 0 < share <= before:
            message = f"expected more than the {before:g} % before it, got {share:g}"
            section.note_at((*section.place, "stages", index), message)
    if 0 < shares[-1] < _WHOLE.percent:
        message = f"expected 100 as the last share, got {shares[-1]:g}"
        section.note_at((*section.place, "stages", len(shares) - 1), message)
