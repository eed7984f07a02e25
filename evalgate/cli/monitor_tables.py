"""What `evalgate monitor rules` and `evalgate monitor backtest` print."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from evalgate.deciding.intervals import clopper_pearson
from evalgate.model.alarm import Alarm
from evalgate.model.document import Data
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.burning import PAIRS, multiple_of
from evalgate.monitoring.alarms.looking import HeldTo
from evalgate.monitoring.alarms.noticing import BAD_SHARES, Flows, notice_delay
from evalgate.monitoring.alarms.quality_budget import MULTIPLES, WINDOW, limit_of
from evalgate.monitoring.alarms.ruled import Ruled
from evalgate.monitoring.alarms.simulating import FALLS, Delay
from evalgate.monitoring.alarms.wording import called
from evalgate.reporting.instants import duration, iso
from evalgate.reporting.numbers import count, percent, points
from evalgate.reporting.visible import safe_line

RULES, BACKTEST = "monitor-rules/1", "monitor-backtest/1"
HOUR = 3_600.0


def rules_lines(found: Sequence[Ruled], to: HeldTo, flows: Flows) -> Iterator[str]:
    """Yield the rules for a reader."""
    for flow in flows.prompts:
        yield safe_line(
            f"{flow.prompt}: {flow.per_hour:,.1f} calls an hour, {percent(flow.scored)} of them "
            "scored"
        )
    for each in found:
        yield from map(safe_line, _rule(each))
        yield ""
    promised = percent(to.rules.false_alarms)
    yield (
        f"promise: a false page within 10,000 scored answers of a prompt, by all its criteria and "
        f"slices together, in {promised} of the times at most"
    )
    for objective in to.objectives:
        yield from map(safe_line, _objective(objective, to, flows))


def rules_document(found: Sequence[Ruled], to: HeldTo, flows: Flows) -> dict[str, Data]:
    """Return the rules for machines."""
    return {
        "schema": RULES,
        "false_alarms": to.rules.false_alarms,
        "max_drop": to.rules.max_drop,
        "traffic": [
            {"prompt": each.prompt, "calls_per_hour": each.per_hour, "scored": each.scored}
            for each in flows.prompts
        ],
        "streams": [_ruled(each) for each in found],
        "objectives": [
            {
                "name": each.name,
                "level": each.level.value,
                "target": each.target,
                "calls_per_hour": flows.levels.get(each.name),
                "pairs": [*_pairs(each, to, flows)],
            }
            for each in to.objectives
        ],
    }


def backtest_lines(alarms: Sequence[Alarm], changed: float | None, *, scores: int) -> Iterator[str]:
    """Yield the alarms that a rule would have raised, for a reader."""
    if not alarms:
        yield f"no alarm over {count(scores, 'score')}"
    for each in alarms:
        over = f"over {iso(each.resolved)}" if each.resolved is not None else "lasts"
        yield safe_line(f"{iso(each.raised)}  {each.urgency.value:<6}  {each.message}; {over}")
    if changed is None:
        return
    yield ""
    early = [each for each in alarms if each.raised < changed]
    late = [each for each in alarms if each.raised >= changed]
    yield f"before {iso(changed)}: {_false(len(early))}"
    if late:
        yield f"after it: the first alarm came {duration(late[0].raised - changed)} later"
    else:
        yield "after it: none, so the change was missed"


def _false(alarms: int) -> str:
    return f"{count(alarms, 'alarm')}, each of them false" if alarms else "no alarm"


def backtest_document(
    alarms: Sequence[Alarm], changed: float | None, *, scores: int
) -> dict[str, Data]:
    """Return them for machines."""
    return {
        "schema": BACKTEST,
        "scores": scores,
        "change_at": iso(changed),
        "alarms": [alarm_document(each, changed) for each in alarms],
    }


def alarm_document(alarm: Alarm, changed: float | None = None) -> dict[str, Data]:
    """Return an alarm for machines; `late_seconds` is from a change until it was raised."""
    return {
        "signal": alarm.signal.value,
        "urgency": alarm.urgency.value,
        "stream": dict(asdict(alarm.stream)),
        "fingerprint": alarm.fingerprint,
        "began": iso(alarm.began),
        "raised": iso(alarm.raised),
        "resolved": iso(alarm.resolved),
        "observed": alarm.observed,
        "baseline": alarm.baseline,
        "limit": alarm.limit,
        "n": alarm.n,
        "window": alarm.window,
        "message": alarm.message,
        "late_seconds": None if changed is None else alarm.raised - changed,
    }


def _rule(ruled: Ruled) -> Iterator[str]:
    watch, found = ruled.watch, ruled.simulated
    yield (
        f"{called(ruled.stream)}: baseline {percent(watch.baseline.mean)} of "
        f"{count(watch.baseline.n, 'score')}, {ruled.per_hour:,.1f} scores an hour"
    )
    below = points(watch.baseline.mean - watch.line)
    yield (
        f"  page    {count(watch.window, 'score')} with a mean of {percent(watch.line)} or less, "
        f"{below} points below"
    )
    if found is not None:
        within = f"within {count(watch.promise.scores, 'score')}"
        yield f"          false: {_share(found.false_pages, found.runs)} {within}"
        yield from _delays(found.pages, ruled.per_hour)
    if watch.tuning is None:
        return
    yield (
        f"  ticket  cumulative sum with slack {watch.tuning.slack:.3f} and limit "
        f"{watch.tuning.limit:.1f} deviations"
    )
    if found is None:
        yield f"          {_by_formula(ruled)}"
    else:
        yield f"          false: {_share(found.false_tickets, found.runs)}"
        yield from _delays(found.tickets, ruled.per_hour)


def _delays(delays: Sequence[Delay], hourly: float) -> Iterator[str]:
    for each in delays:
        fall = f"          {points(each.fall):>3} points lost:"
        if each.median is None:
            yield f"{fall} missed in {percent(each.missed)}"
        else:
            late = f"{_time(each.median, hourly)} ({count(each.median, 'score')})"
            most = "longer" if each.ninth is None else f"within {_time(each.ninth, hourly)}"
            yield f"{fall} {late}, 9 in 10 {most}"


def _by_formula(ruled: Ruled) -> str:
    return "; ".join(
        f"{points(fall)} points: about {_time(scores, ruled.per_hour)} ({scores:,.0f} scores)"
        for fall, scores in zip(FALLS, ruled.drift_delays, strict=True)
    )


def _time(scores: float, hourly: float) -> str:
    return duration(scores / hourly * HOUR) if hourly > 0 else f"{scores:,.0f} scores"


def _share(part: int, of: int) -> str:
    low, high = clopper_pearson(part, of)
    return f"{part:,} of {count(of, 'simulation')} ({percent(low)} to {percent(high)})"


def _objective(objective: Objective, to: HeldTo, flows: Flows) -> Iterator[str]:
    where = ", ".join(each for each in (objective.prompt, objective.feature) if each)
    of = f" of {where}" if where else ""
    hourly = flows.levels.get(objective.name)
    at = "" if hourly is None else f", {hourly:,.1f} calls an hour"
    yield f"{objective.name}: {objective.level.value} {percent(objective.target)}{of}{at}"
    for each in _pairs(objective, to, flows):
        bad = percent(_number(each["share"]))
        yield (
            f"  {each['urgency']!s:<6}  {each['window']}: {_number(each['multiple']):.3g} times "
            f"what the budget allows, {bad} bad"
        )
        if hourly is not None:
            yield f"          {_noticed(each['delays'])}"


def _noticed(delays: Data) -> str:
    """Say after how long what share of bad calls is noticed."""
    told = [each for each in delays if isinstance(each, dict)] if isinstance(delays, list) else []
    if all(each["seconds"] is None for each in told):
        return "never: too few calls come in its windows"
    return "; ".join(
        f"{percent(_number(each['bad']))} bad: "
        f"{'never' if each['seconds'] is None else duration(_number(each['seconds']))}"
        for each in told
    )


def _pairs(objective: Objective, to: HeldTo, flows: Flows) -> Iterator[dict[str, Data]]:
    """Yield the windows of a service level, with what each asks for, and when it notices what."""
    if objective.level is Level.QUALITY:
        for urgency in MULTIPLES:
            share = limit_of(objective, urgency, false_alarms=to.rules.false_alarms)
            yield _pair(urgency.value, WINDOW, share / (1 - objective.target), share)
        return
    hourly = flows.levels.get(objective.name)
    for pair in PAIRS:
        multiple = multiple_of(pair, objective)
        told = _pair(pair.urgency.value, pair.name, multiple, multiple * (1 - objective.target))
        if hourly is not None:
            told["delays"] = [
                {
                    "bad": bad,
                    "seconds": notice_delay(
                        pair, objective, hourly=hourly, bad=bad, fewest=to.rules.fewest
                    ),
                }
                for bad in BAD_SHARES
            ]
        yield told


def _pair(urgency: str, window: str, multiple: float, share: float) -> dict[str, Data]:
    return {
        "urgency": urgency,
        "window": window,
        "multiple": round(multiple, 6),
        "share": round(share, 9),
    }


def _number(value: Data) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _ruled(ruled: Ruled) -> dict[str, Data]:
    watch, found, tuning = ruled.watch, ruled.simulated, ruled.watch.tuning
    return {
        "stream": _stream(ruled.stream),
        "baseline": watch.baseline.mean,
        "baseline_scores": watch.baseline.n,
        "scores_per_hour": ruled.per_hour,
        "window": watch.window,
        "limit": watch.limit,
        "floor": watch.floor,
        "chance": watch.promise.chance,
        "within_scores": watch.promise.scores,
        "slack": None if tuning is None else tuning.slack,
        "sum_limit": None if tuning is None else tuning.limit,
        "runs": 0 if found is None else found.runs,
        "false_pages": None if found is None else found.false_pages,
        "false_tickets": None if found is None else found.false_tickets,
        "pages": [] if found is None else [_told(each, ruled.per_hour) for each in found.pages],
        "tickets": [] if found is None else [_told(each, ruled.per_hour) for each in found.tickets],
    }


def _told(delay: Delay, hourly: float) -> dict[str, Data]:
    seconds = None if delay.median is None or hourly <= 0 else delay.median / hourly * HOUR
    return {
        "fall": delay.fall,
        "median_scores": delay.median,
        "ninth_scores": delay.ninth,
        "missed": delay.missed,
        "median_seconds": seconds,
    }


def _stream(stream: Stream) -> dict[str, Data]:
    return {name: value for name, value in asdict(stream).items() if value}
