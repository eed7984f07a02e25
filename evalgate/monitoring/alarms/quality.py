"""From the episodes of a stream to what is told of them: pages, tickets, or why there are none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.monitoring import AlarmRules
from evalgate.monitoring.alarms import wording
from evalgate.monitoring.alarms.episodes import Episode, drifts, falls, left_alone
from evalgate.monitoring.alarms.explaining import Explained, change_of, explain
from evalgate.monitoring.alarms.figures import fingerprint_of, limits
from evalgate.monitoring.alarms.judges import Judge
from evalgate.monitoring.alarms.series import Series
from evalgate.monitoring.alarms.watching import Watch


class _State(Enum):
    """What a low stream is taken for. The judge's own move and a stranger's scores do not page."""

    FALL = auto()
    MIX = auto()
    JUDGE = auto()
    STRANGER = auto()


MOSTLY = 0.6
"""The share of a fall that other questions must explain, so that it does not page."""

_WITHHELD = frozenset({_State.JUDGE, _State.STRANGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What one stream would tell by itself; `span` is how long its window took, in seconds."""

    alarm: Alarm
    span: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The candidates of a stream, and for each fall that is withheld now the reason."""

    candidates: tuple[Candidate, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known beside a stream's own scores: the whole prompt, the judges, the rules."""

    whole: Series
    judges: Mapping[str, Judge]
    rules: AlarmRules


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """What an episode was taken for when the score at an index had come."""

    index: int
    state: _State
    explained: Explained
    shift: float


def told_of(watches: Iterable[Watch], series: Series, scene: Scene) -> Told:
    """Return what a stream has to tell."""
    candidates: list[Candidate] = []
    withheld: list[str] = []
    for watch in watches:
        steady = min(watch.window, scene.rules.fewest)
        found = falls(watch, series, rules_drop=scene.rules.max_drop, steady=steady)
        for each in (*found, *drifts(watch, series)):
            episode = left_alone(each, scene.whole, fewest=scene.rules.fewest)
            checks = [*_checks(episode, scene)]
            for check, following in zip(checks, [*checks[1:], None], strict=True):
                ended = episode.ended if following is None else series.times[following.index]
                if check.state not in _WITHHELD:
                    candidates.append(_candidate(episode, check, ended))
                elif ended is None:
                    withheld.append(_reason(episode, check))
    return Told(candidates=tuple(candidates), withheld=tuple(withheld))


def _checks(episode: Episode, scene: Scene) -> Iterator[_Check]:
    """Yield what an episode is taken for, each time that this changes."""
    judge = scene.judges.get(episode.watch.stream.criterion)
    before: _Check | None = None
    for index in _places(episode, judge):
        check = _check(episode, index, scene, judge, before)
        low = episode.is_low(index, check.explained.began)
        if before is None or (low and check.state is not before.state):
            yield check
            before = check


def _places(episode: Episode, judge: Judge | None) -> Sequence[int]:
    """Return where to look again: ever more seldom, and whenever anchors were scored."""
    first, end = episode.first, episode.end
    places, step = {first}, max(1, episode.watch.window // 2)
    while first + step < end:
        places.add(first + step)
        step *= 2
    for look in judge.looks if judge else ():
        index = episode.series.after(look.ts)
        if first < index < end:
            places.add(index)
    return sorted(places)


def _check(
    episode: Episode, index: int, scene: Scene, judge: Judge | None, before: _Check | None
) -> _Check:
    """Return what an episode is taken for now; what has paged stays a fall or is the judge's."""
    watch, series = episode.watch, episode.series
    began = before.explained.began if before else change_of(watch, series, index)
    moved = judge.clear_at(series.times[index]) if judge else None
    shift = moved.mean if moved else 0.0
    known = before.explained if before else Explained(stream=watch.stream, began=began)
    if _is_strangers(episode, index, judge):
        return _Check(index=index, state=_State.STRANGER, explained=known, shift=shift)
    # A move is known as well as its anchors: what it may explain, it is taken to explain.
    if moved and shift < 0 and not episode.is_low(index, began, corrected=-moved.low):
        return _Check(index=index, state=_State.JUDGE, explained=known, shift=shift)
    if before is None or before.state is not _State.FALL:
        known = explain(watch, series, index, whole=scene.whole)
        known = known if before is None else replace(known, began=began)
    is_mix = _is_mix(known, max_drop=scene.rules.max_drop)
    state = _State.MIX if is_mix else _State.FALL
    return _Check(index=index, state=state, explained=known, shift=shift)


def _is_strangers(episode: Episode, index: int, judge: Judge | None) -> bool:
    """Return whether a judge scores who is not the baseline's, and whom no anchors tell."""
    scorer, usual = episode.series.scores[index].judge, episode.watch.baseline.judge
    if not scorer or not usual or scorer == usual:
        return False
    look = judge.at(episode.series.times[index]) if judge else None
    return look is None or look.judge != scorer


def _is_mix(explained: Explained, *, max_drop: float) -> bool:
    """Return whether other questions explain most of a fall, and worse answers little of it."""
    parts = explained.mix
    if parts is None or explained.stream.feature:
        return False
    total = parts.shares + parts.within
    return total < 0 and parts.shares <= MOSTLY * total and parts.within > -max_drop / 2


def _reason(episode: Episode, check: _Check) -> str:
    """Return why nothing is told of a fall."""
    stream = episode.watch.stream
    observed = episode.observed(check.index, check.explained.began)
    if check.state is _State.STRANGER:
        return wording.withheld_for_stranger(stream, observed=observed)
    return wording.withheld_for_judge(stream, shift=check.shift, observed=observed)


def _candidate(episode: Episode, check: _Check, ended: float | None) -> Candidate:
    """Return the alarm that a stream would raise by itself."""
    watch, series, explained = episode.watch, episode.series, check.explained
    n = episode.window(check.index, explained.began)
    observed = episode.observed(check.index, explained.began)
    signal = _signal(episode, observed)
    is_page = check.state is _State.FALL and not episode.is_drift
    urgency = Urgency.PAGE if is_page else Urgency.TICKET
    low, high = limits(
        observed, n, sd=watch.spread.sd, is_binary=watch.spread.is_binary, worth=watch.spread.worth
    )
    raised = series.times[check.index]
    alarm = Alarm(
        signal=signal,
        urgency=urgency,
        stream=explained.stream,
        fingerprint=fingerprint_of(signal, explained.stream),
        began=explained.began,
        raised=raised,
        resolved=ended,
        observed=observed,
        baseline=None if watch.is_of_floor else watch.baseline.mean,
        limit=episode.line,
        low=low,
        high=high,
        n=n,
        window=wording.scores_window(n),
        message=_message(episode, check, signal=signal, observed=observed, n=n),
        also=(watch.stream,) if watch.stream != explained.stream else (),
    )
    return Candidate(alarm=alarm, span=raised - series.times[check.index + 1 - n])


def _signal(episode: Episode, observed: float) -> Signal:
    if episode.is_drift:
        return Signal.DRIFT
    is_fall = not episode.watch.is_of_floor and observed <= episode.watch.limit
    return Signal.FALL if is_fall or episode.watch.floor is None else Signal.FLOOR


def _message(episode: Episode, check: _Check, *, signal: Signal, observed: float, n: int) -> str:
    watch, stream, began = episode.watch, check.explained.stream, check.explained.began
    if signal is Signal.FLOOR:
        told = wording.under_floor(
            watch.stream, observed=observed, floor=watch.told_floor, n=n, began=began
        )
    else:
        say = wording.drifted if signal is Signal.DRIFT else wording.fell
        told = say(watch.stream, observed=observed, baseline=watch.baseline.mean, n=n, began=began)
    if signal is Signal.DRIFT:
        told = f"{told}: {wording.lasting(observed, limit=watch.limit)}"
    if stream != watch.stream:
        told = f"{told}; what fell is {wording.narrowed_to(stream)}"
    if check.state is _State.MIX and check.explained.mix is not None:
        told = f"{told}; {wording.mixed(check.explained.mix)}"
    if check.shift:
        told = f"{told}; {wording.shifted_too(check.shift)}"
    return told
