"""The rules of each declared stream with their figures: when they notice what, at this traffic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evalgate.deciding.cumulative_sum import delay
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.alarms.freezing import latest
from evalgate.monitoring.alarms.looking import HeldTo
from evalgate.monitoring.alarms.series import Gathered, gather
from evalgate.monitoring.alarms.simulating import FALLS, Simulated, simulate
from evalgate.monitoring.alarms.trends import per_hour
from evalgate.monitoring.alarms.watching import Terms, Watch, criteria_of, watches_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The calls of a prompt in an hour, and the share of them that is scored."""

    calls: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Where the chances of a simulation come from, how often it is run, and who hears of it."""

    draws: Random
    runs: int
    tell: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """The rule of a stream. `per_hour` are its scores; `simulated` is None where nothing was.

    `drift_delays` is for each of the falls the average number of scores until a ticket, by formula.
    """

    watch: Watch
    per_hour: float
    drift_delays: tuple[float, ...]
    simulated: Simulated | None

    @property
    def stream(self) -> Stream:
        """What the rule is of."""
        return self.watch.stream


def ruled_of(
    observations: Sequence[Observation],
    to: HeldTo,
    chances: Chances,
    *,
    paces: Mapping[str, Pace],
    at: float,
) -> tuple[Ruled, ...]:
    """Return the rules of all streams that have a baseline, each with its figures.

    Args:
        observations: the scores of production.
        to: what it is held to.
        chances: for the simulations.
        paces: the traffic of prompts; that of the scores is for those that are not named.
        at: nothing later is known, in seconds since 1970.
    """
    gathered = {each.whole.stream: each for each in gather(observations, at=at)}
    found = []
    for stream in sorted(latest(to.baselines)):
        watch = _watch(stream, to)
        if (stream.feature and "feature" not in to.rules.slices) or (
            stream.route and "route" not in to.rules.slices
        ):
            continue
        whole = gathered.get(Stream(prompt=stream.prompt, criterion=stream.criterion))
        found.append(_ruled(watch, whole, chances, pace=paces.get(stream.prompt), at=at))
    return tuple(found)


def _watch(stream: Stream, to: HeldTo) -> Watch:
    terms = Terms(
        rules=to.rules,
        criteria=criteria_of(stream.prompt, to.baselines),
        floor=to.floors.get(stream.criterion),
    )
    return watches_of(stream, to.baselines, terms)[-1]


def _ruled(
    watch: Watch, whole: Gathered | None, chances: Chances, *, pace: Pace | None, at: float
) -> Ruled:
    series = None
    if whole is not None:
        series = whole.slices.get(watch.stream, whole.whole)
        series = whole.whole if watch.stream == whole.whole.stream else series
    hourly = per_hour(series, at=at) if series else 0.0
    if pace is not None:
        share = watch.promise.scores / 10_000
        hourly = pace.calls * pace.rate * share
    scores = _of_baseline(watch, series.scores if series else ())
    simulated = None
    if chances.runs and len(scores) >= 2:
        simulated = simulate(watch, scores, chances.draws, runs=chances.runs, tell=chances.tell)
    delays: tuple[float, ...] = ()
    if watch.tuning is not None:
        tuning = watch.tuning
        delays = tuple(delay(watch.spread, tuning, fall) for fall in FALLS)
    return Ruled(watch=watch, per_hour=hourly, drift_delays=delays, simulated=simulated)


def _of_baseline(watch: Watch, scores: Sequence[Observation]) -> list[float]:
    """Return the scores that a baseline is made of; all, where those are no longer there."""
    baseline = watch.baseline
    own = [
        each.outcome
        for each in scores
        if each.outcome is not None
        and baseline.since <= each.ts <= baseline.holds_from
        and baseline.version in ("", each.version)
    ]
    return own if len(own) >= 2 else [each.outcome for each in scores if each.outcome is not None]
