"""Reads from a live pointer which rollout it tells of, how it went and where it stands; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.model.rollout import Rollout, Step
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import switches
from evalgate.prompts.pointer_mark import pointer_mark
from evalgate.rollout.chronicle import Told, latest_told
from evalgate.rollout.hand_move import pointer_of
from evalgate.rollout.instants import seconds_of

ALL = 100.0
"""All of the traffic, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What a rollout came to at an instant, in seconds since 1970."""

    phase: Phase
    percent: float
    at: float


def rollout_of(prompt: Prompt) -> Rollout | None:
    """Return the latest rollout that the history of a prompt tells of, also when it is over.

    A canary that is gone without a word was ended by hand: the rollout counts as rolled back then,
    or as promoted where its version is the stable one.

    Raises:
        UsageError: when there is a canary that the rollout did not make, or the stable version is
            no longer that of its start.
        ConfigurationError: when the history tells of no course that a rollout can take.
    """
    pointer = pointer_of(prompt)
    told = latest_told(pointer)
    if not told:
        _check_no_canary(pointer)
        return None
    first, last = told[0], told[-1].milestone
    states = tuple(_states(pointer, told))
    now = states[-1]
    salt = rollout_salt(prompt.name, last.version, hash=last.hash, at=first.move.at)
    switch = _switch(pointer, told, is_over=now.phase.is_over)
    marks = _Marks(prompt=prompt, first=first, switch=switch, salt=salt)
    return Rollout(
        prompt=prompt.name,
        stable=first.move.stable,
        version=last.version,
        hash=last.hash,
        phase=now.phase,
        percent=now.percent,
        started=first.at,
        since=now.at,
        steps=tuple(_steps(states, marks)),
        at_full=next((state.at for state in states if state.percent >= ALL), None),
        answered=next((each.at for each in reversed(told) if each.milestone.overridden), None),
        verdict=first.move.verdict,
    )


def moves_of(prompt: Prompt) -> tuple[Move, ...]:
    """Return the moves of the latest rollout, oldest first.

    Raises:
        ConfigurationError: when the history tells of no course that a rollout can take.
    """
    return tuple(each.move for each in latest_told(pointer_of(prompt)))


def rollout_salt(prompt: str, version: str, *, hash: str, at: str) -> str:  # noqa: A002 - its name
    """Return the salt of a rollout's split: each one has its own, so that users take turns.

    Args:
        prompt: its name.
        version: that is rolled out.
        hash: the identity of the version.
        at: the instant of the start, as the history writes it.
    """
    seed = f"{prompt}\0{version}\0{hash}\0{at}"
    return sha256(seed.encode("utf-8", "surrogateescape")).hexdigest()[:12]


# Where it stands


def _states(pointer: LivePointer, told: Sequence[Told]) -> Iterator[_State]:
    for each in told:
        yield _State(
            phase=each.milestone.phase,
            percent=_share(each.milestone),
            at=each.at,
        )
    yield from _ended_by_hand(pointer, told)


def _share(milestone: Milestone) -> float:
    if milestone.phase in (Phase.PREFLIGHT, Phase.ROLLED_BACK):
        return 0.0
    return ALL if milestone.phase is Phase.PROMOTED else milestone.percent


def _ended_by_hand(pointer: LivePointer, told: Sequence[Told]) -> Iterator[_State]:
    """Yield the end of a rollout whose canary is gone without a word."""
    last = told[-1]
    canary = _canary(pointer)
    if canary is not None:
        _check_canary(pointer, canary, told)
        return
    if last.milestone.phase.is_over:
        return
    if last.milestone.phase is Phase.PREFLIGHT:
        _check_stable(pointer, told)
        return
    later = (seconds_of(move.at) for move in pointer.history[last.index + 1 :])
    at = next((each for each in later if each is not None), last.at)
    is_stable = pointer.stable == last.milestone.version
    yield _State(
        phase=Phase.PROMOTED if is_stable else Phase.ROLLED_BACK,
        percent=ALL if is_stable else 0.0,
        at=max(at, last.at),
    )


def _canary(pointer: LivePointer) -> Canary | None:
    """Return the canary; one that is the stable version is none."""
    canary = pointer.canary
    return None if canary is None or canary.version == pointer.stable else canary


def _check_no_canary(pointer: LivePointer) -> None:
    canary = _canary(pointer)
    if canary is not None:
        raise _unknown(pointer, canary, "no rollout gave it that")


def _check_canary(pointer: LivePointer, canary: Canary, told: Sequence[Told]) -> None:
    """Raise UsageError when a canary is not what the last milestone says."""
    last, first = told[-1].milestone, told[0].move
    if last.phase.is_over or canary.version != last.version:
        raise _unknown(pointer, canary, "no rollout gave it that")
    if canary.percent != _share(last):
        raise _unknown(pointer, canary, f"the history tells of {_share(last):g} %")
    if canary.salt != rollout_salt(pointer.prompt, last.version, hash=last.hash, at=first.at):
        raise _unknown(pointer, canary, "its salt is not that of the rollout")
    _check_stable(pointer, told)


def _check_stable(pointer: LivePointer, told: Sequence[Told]) -> None:
    stable, name = told[0].move.stable, quote(pointer.prompt)
    if pointer.stable != stable:
        raise UsageError(
            f"{pointer.stable} is the stable version of {pointer.path}, but "
            f"{told[0].milestone.version} is rolled out in place of {stable}: somebody has edited "
            f"the file. Undo that, or end the rollout with `evalgate rollout rollback {name}`"
        )


def _unknown(pointer: LivePointer, canary: Canary, why: str) -> UsageError:
    name = quote(pointer.prompt)
    return UsageError(
        f"{canary.version} is the canary of {pointer.path} with {canary.percent:g} % of the "
        f"traffic, but {why}: end it with `evalgate rollback {name}`, and begin with `evalgate "
        f"rollout start {name} {canary.version}`"
    )


# The steps


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """Says what the call log says of a call while the version of a rollout has some share."""

    prompt: Prompt
    first: Told
    switch: Switch
    salt: str

    def at(self, percent: float) -> str:
        """Return the mark; empty where the stable version's file is gone."""
        stable, milestone = self.first.move.stable, self.first.milestone
        identity = self.prompt.identity(stable)
        if identity is None:
            return ""
        return pointer_mark(
            self.prompt.name,
            (stable, identity),
            canary=(milestone.version, milestone.hash),
            split=Canary(version=milestone.version, percent=percent, salt=self.salt),
            switch=self.switch,
        )


def _switch(pointer: LivePointer, told: Sequence[Told], *, is_over: bool) -> Switch:
    """Return the switch in force: now, or at the end of a rollout that is over."""
    end = told[-1].index
    later = any(move.switch is not None for move in pointer.history[end + 1 :])
    if not is_over or not later:
        return pointer.switch
    return list(switches(pointer.history))[end][1]


def _steps(states: Sequence[_State], marks: _Marks) -> Iterator[Step]:
    """Yield the steps in which both versions had traffic."""
    groups = groupby(states, lambda state: state.percent)
    shares = [(percent, next(group).at) for percent, group in groups]
    ends = [*(since for _, since in shares[1:]), None]
    for (percent, since), until in zip(shares, ends, strict=True):
        if 0.0 < percent < ALL:
            yield Step(percent=percent, since=since, until=until, pointer=marks.at(percent))
