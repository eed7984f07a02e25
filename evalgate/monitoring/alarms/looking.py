"""One look at production: from what was observed to the alarms that are due.

Everything is replayed from the scores and the calls themselves, so the same history gives the same
alarms on every host and at every look; a score that comes late is put where its answer was given.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalgate.deciding.moving_window import smallest_baseline
from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alarm_report import AlarmReport, ErrorBudget, Trend, Unwatched
from evalgate.model.monitoring import AlarmRules, Level, MonitorRules, Objective
from evalgate.model.observation import AnchorScore, Observation, Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.model.traffic import Minute
from evalgate.monitoring.alarms.burning import budget_of, burn_alarms
from evalgate.monitoring.alarms.causes import cooled, joined
from evalgate.monitoring.alarms.freezing import standing
from evalgate.monitoring.alarms.judge_alarms import judge_alarms
from evalgate.monitoring.alarms.judges import Judge, judges_of
from evalgate.monitoring.alarms.quality import Candidate, Scene, told_of
from evalgate.monitoring.alarms.quality_budget import judged_of, quality_budget_of, quality_burns
from evalgate.monitoring.alarms.series import Gathered, Series, gather
from evalgate.monitoring.alarms.silence import silences
from evalgate.monitoring.alarms.trends import Shown, lacking, trend_of, unfrozen, weakly_known
from evalgate.monitoring.alarms.watching import (
    Terms,
    Watch,
    criteria_of,
    floor_alone,
    is_whole,
    watches_of,
)

MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What production showed, all of it in any order.

    `observations` are the scores, `anchors` what the judge said of answers that never change, and
    `minutes` the calls; those of a latency objective count in `late` by its threshold.
    """

    observations: Sequence[Observation] = ()
    anchors: Sequence[AnchorScore] = ()
    minutes: Sequence[Minute] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTo:
    """What production is held to.

    `baselines` are all that were ever frozen: of each stream the latest before a score holds; one
    that was frozen later takes the place of those that hold from no earlier than it.
    `floors` is for a criterion the least mean that is good enough.
    """

    baselines: Sequence[QualityBaseline] = ()
    objectives: Sequence[Objective] = ()
    rules: AlarmRules = field(default_factory=AlarmRules)
    floors: Mapping[str, float] = field(default_factory=dict)


def held_to(rules: MonitorRules, baselines: Sequence[QualityBaseline]) -> HeldTo:
    """Return what a policy holds production to."""
    return HeldTo(
        baselines=baselines,
        objectives=rules.objectives,
        rules=rules.alarms,
        floors={each.name: each.floor for each in rules.scoring.criteria if each.floor is not None},
    )


@dataclass(slots=True)
class _Found:
    """What the streams of quality have told so far."""

    candidates: list[Candidate] = field(default_factory=list)
    trends: list[Trend] = field(default_factory=list)
    unwatched: list[Unwatched] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a look rests on beside the observations."""

    to: HeldTo
    judges: Mapping[str, Judge]
    at: float
    since: float


def alarms_of(seen: Seen, to: HeldTo, *, at: float) -> AlarmReport:
    """Return what is wrong at an instant, what was, and how the streams went.

    Args:
        seen: what production showed; what is later than the instant is left alone.
        to: what it is held to.
        at: in seconds since 1970.
    """
    baselines = standing(each for each in to.baselines if each.frozen <= at)
    judges = judges_of(seen.anchors, at=at, frozen=_frozen(baselines))
    gathered = gather(seen.observations, at=at)
    known = _Known(
        to=replace(to, baselines=baselines),
        judges=judges,
        at=at,
        since=min((each.whole.times[0] for each in gathered if len(each.whole)), default=at),
    )
    found = _Found()
    for each in gathered:
        _look(each, known, found)
    rules = to.rules
    alarms = [*joined(found.candidates, cooldown=rules.cooldown_minutes * MINUTE, at=at)]
    alarms += judge_alarms(judges, gathered, baselines, rules=rules, at=at)
    alarms += silences(_last(gathered, baselines), seen.minutes, fewest=rules.fewest, at=at)
    burns, budgets = _service(seen, to, at=at)
    alarms += _paced(_untold(burns, alarms, to.objectives), rules, at=at)
    return AlarmReport(
        at=at,
        alarms=tuple(sorted((each for each in alarms if each.resolved is None), key=_gravest)),
        past=tuple(sorted((each for each in alarms if each.resolved is not None), key=_latest)),
        trends=tuple(found.trends),
        budgets=tuple(budgets),
        unwatched=tuple(found.unwatched),
        notes=tuple(dict.fromkeys(found.notes)),
    )


def _look(gathered: Gathered, known: _Known, found: _Found) -> None:
    """Look at a prompt by one criterion: at the whole of it, and at its slices."""
    whole = gathered.whole
    floor = known.to.floors.get(whole.stream.criterion)
    terms = Terms(
        rules=known.to.rules,
        criteria=criteria_of(whole.stream.prompt, known.to.baselines),
        floor=floor,
    )
    scene = Scene(whole=whole, judges=known.judges, rules=known.to.rules)
    withheld = False
    for series in (whole, *(gathered.slices[each] for each in sorted(gathered.slices))):
        watches = _watches(series.stream, known, terms)
        told = told_of(watches, series, scene)
        found.candidates += told.candidates
        if is_whole(series.stream) or not withheld:
            found.notes += told.withheld
        withheld = withheld or bool(told.withheld)
        watch = watches[-1] if watches else None
        shown = _shown(gathered, series, watch)
        found.trends.append(trend_of(series, shown, at=known.at, since=known.since))
        found.unwatched += _unwatched(series, watch, known)
        weak = weakly_known(watch, known.to.rules.max_drop) if watch else None
        found.notes += [weak] if weak else []


def _watches(stream: Stream, known: _Known, terms: Terms) -> tuple[Watch, ...]:
    """Return how a stream is watched; of the slices, those that the rules declare."""
    if stream.provider or stream.model:
        return ()
    declared = {"version": stream.version, "feature": stream.feature, "route": stream.route}
    if any(value and name not in known.to.rules.slices for name, value in declared.items()):
        return ()
    watches = watches_of(stream, known.to.baselines, terms)
    if watches or not is_whole(stream) or terms.floor is None or not 0 < terms.floor < 1:
        return watches
    return watches_of(stream, [floor_alone(stream, terms.floor)], terms)


def _unwatched(series: Series, watch: Watch | None, known: _Known) -> Iterator[Unwatched]:
    """Yield what keeps a declared stream from raising an alarm."""
    stream = series.stream
    if watch is not None and (is_whole(stream) or not stream.version):
        missing = lacking(series, watch, at=known.at)
        if missing is not None:
            yield missing
    frozen = watch is not None and not watch.is_of_floor
    if not frozen and is_whole(stream) and len(series):
        fewest = smallest_baseline(series.outcomes, known.to.rules.max_drop)
        yield unfrozen(series, fewest=fewest, at=known.at)


def _shown(gathered: Gathered, series: Series, watch: Watch | None) -> Shown:
    raised = [each for each in gathered.raised if _is_of(each, series.stream)]
    unscored = sum(_is_of(each, series.stream) for each in gathered.unscored)
    return Shown(watch=watch, raised=raised, unscored=unscored)


def _is_of(score: Observation, stream: Stream) -> bool:
    return (
        stream.version in ("", score.version)
        and stream.feature in ("", score.feature)
        and stream.route in ("", score.route)
        and stream.provider in ("", score.provider)
        and stream.model in ("", score.model)
    )


def _frozen(baselines: Iterable[QualityBaseline]) -> Mapping[str, tuple[float, str]]:
    """Return for each criterion up to when its latest baseline was taken, and by which judge."""
    ordered = sorted(baselines, key=lambda each: each.holds_from)
    return {each.criterion: (each.holds_from, each.judge) for each in ordered}


def _last(
    gathered: Iterable[Gathered], baselines: Iterable[QualityBaseline]
) -> Mapping[str, float]:
    """Return for each prompt with a baseline when its last scored answer was given."""
    last: dict[str, float] = {}
    for baseline in baselines:
        last[baseline.prompt] = max(last.get(baseline.prompt, 0.0), baseline.holds_from)
    for each in gathered:
        prompt = each.whole.stream.prompt
        if prompt in last:
            raised = [score.ts for score in each.raised]
            last[prompt] = max([last[prompt], *each.whole.times[-1:], *raised])
    return last


def _service(seen: Seen, to: HeldTo, *, at: float) -> tuple[list[Alarm], list[ErrorBudget]]:
    """Return the alarms about the service levels, and what is left of their budgets."""
    alarms: list[Alarm] = []
    budgets: list[ErrorBudget] = []
    chance = to.rules.false_alarms
    for each in to.objectives:
        if each.level is Level.QUALITY:
            judged = judged_of(each, seen.observations, at=at)
            alarms += quality_burns(each, judged, false_alarms=chance)
            budgets.append(quality_budget_of(each, judged, false_alarms=chance, at=at))
        else:
            alarms += burn_alarms(each, seen.minutes, fewest=to.rules.fewest, at=at)
            budgets.append(budget_of(each, seen.minutes, at=at))
    return alarms, budgets


def _untold(
    burns: Iterable[Alarm], alarms: Sequence[Alarm], objectives: Iterable[Objective]
) -> Iterator[Alarm]:
    """Yield the burning budgets, of quality until a page about the same scores tells of it."""
    by_name = {each.name: each for each in objectives if each.level is Level.QUALITY}
    pages = [
        each
        for each in alarms
        if each.signal in (Signal.FALL, Signal.FLOOR) and each.urgency is Urgency.PAGE
    ]
    for burn in burns:
        objective = by_name.get(burn.stream.criterion)
        same = [each for each in pages if objective and _tells(each, burn, objective)]
        if not same:
            yield burn
        elif all(burn.raised < each.raised for each in same):
            yield replace(burn, resolved=min(each.raised for each in same))


def _paced(burns: Iterable[Alarm], rules: AlarmRules, *, at: float) -> list[Alarm]:
    """Return the burning budgets, none told again too soon."""
    told: list[Alarm] = []
    for each in sorted(burns, key=lambda alarm: alarm.raised):
        alarm = cooled(each, told, cooldown=rules.cooldown_minutes * MINUTE)
        if alarm is not None and alarm.raised <= at:
            told.append(alarm)
    return told


def _tells(page: Alarm, burn: Alarm, objective: Objective) -> bool:
    """Return whether a page is about the scores of a burning budget, at the same time."""
    is_same = objective.criterion == page.stream.criterion
    is_same = is_same and objective.prompt in ("", page.stream.prompt)
    lasts = page.resolved is None or page.resolved > burn.raised
    return is_same and lasts and (burn.resolved is None or page.raised < burn.resolved)


def _gravest(alarm: Alarm) -> tuple[bool, float, str]:
    return alarm.urgency is not Urgency.PAGE, alarm.raised, alarm.fingerprint


def _latest(alarm: Alarm) -> tuple[float, float, str]:
    return -(alarm.resolved or 0.0), -alarm.raised, alarm.fingerprint
