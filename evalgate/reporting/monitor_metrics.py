"""Writes a board as metrics in the text format of Prometheus, version 0.0.4.

Counters begin at 0 with the process, since a counter that came down would look like a surge; all
else is a gauge. Labels are names of the team's own, and their number is bounded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from evalgate.model.alarm import Urgency
from evalgate.model.board import Board, Standing
from evalgate.model.observation import Stream
from evalgate.model.traffic import BUCKETS_PER_DECADE, Place, Tally, edge_of
from evalgate.reporting.visible import visible

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

MOST_SERIES = 200
"""Places whose calls are told apart; those of all others are of the feature `(others)`."""

EDGES = tuple(range(2 * BUCKETS_PER_DECADE, 5 * BUCKETS_PER_DECADE + 1, BUCKETS_PER_DECADE // 4))
"""The buckets at whose upper edges the histogram of latencies is cut: four a decade from 0.1 s."""

_OTHERS = Place(feature="(others)")

Labels = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Metric:
    """One metric with its samples: the suffix of the name, the labels, the value."""

    name: str
    form: str
    help: str
    samples: list[tuple[str, Labels, float]] = field(default_factory=list)

    def add(self, value: float | None, **labels: str) -> None:
        if value is not None:
            self.samples.append(("", labels, value))

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {_escaped(self.help)}"
        yield f"# TYPE {self.name} {self.form}"
        for suffix, labels, value in self.samples:
            yield f"{self.name}{suffix}{_written(labels)} {_number(value)}"


def metrics_text(board: Board) -> str:
    """Return the text; the same board gives the same bytes."""
    metrics = (*_of_calls(board), *_of_quality(board), *_of_service(board), *_of_itself(board))
    return "".join(f"{line}\n" for each in metrics if each.samples for line in each.lines())


def _of_calls(board: Board) -> Iterator[_Metric]:
    places = _bounded(board.counters)
    calls = _Metric(name="evalgate_calls_total", form="counter", help="Calls, by how they ended.")
    cost = _Metric(
        name="evalgate_cost_usd_total", form="counter", help="US dollars, of known prices."
    )
    unpriced = _Metric(
        name="evalgate_unpriced_calls_total", form="counter", help="Calls of unknown cost."
    )
    sampled = _Metric(
        name="evalgate_sampled_calls_total", form="counter", help="Calls chosen for scoring."
    )
    for place, tally in places.items():
        labels = _labels(place)
        well = tally.calls - tally.failed - tally.degraded
        for outcome, number in (
            ("answered", well),
            ("degraded", tally.degraded),
            ("failed", tally.failed),
        ):
            calls.add(number, **labels, outcome=outcome)
        cost.add(tally.cost_usd, **labels)
        unpriced.add(tally.unpriced, **labels)
        sampled.add(tally.sampled, **labels)
    yield from (calls, cost, unpriced, sampled, _smells(board.counters), _latencies(places))


def _smells(counters: Mapping[Place, Tally]) -> _Metric:
    found: dict[tuple[str, str], int] = {}
    for place, tally in counters.items():
        for smell, number in tally.smells.items():
            key = place.prompt, smell
            found[key] = found.get(key, 0) + number
    metric = _Metric(
        name="evalgate_smells_total", form="counter", help="Answers that have a smell."
    )
    for (prompt, smell), number in sorted(found.items())[:MOST_SERIES]:
        metric.add(number, prompt=prompt, smell=smell)
    return metric


def _latencies(places: Mapping[Place, Tally]) -> _Metric:
    """Return the histogram by feature and prompt; its sum is that of the buckets' upper edges."""
    tallies: dict[tuple[str, str], dict[int, int]] = {}
    for place, tally in places.items():
        found = tallies.setdefault((place.feature, place.prompt), {})
        for bucket, number in tally.latencies.items():
            found[bucket] = found.get(bucket, 0) + number
    metric = _Metric(
        name="evalgate_latency_seconds",
        form="histogram",
        help="Latency of calls that were not answered from memory, to 2 %.",
    )
    for (feature, prompt), latencies in sorted(tallies.items()):
        labels = {"feature": feature, "prompt": prompt}
        total = sum(latencies.values())
        for edge in EDGES:
            below = sum(number for bucket, number in latencies.items() if bucket <= edge)
            le = f"{edge_of(edge) / 1000:.3g}"
            metric.samples.append(("_bucket", {**labels, "le": le}, below))
        metric.samples.append(("_bucket", {**labels, "le": "+Inf"}, total))
        seconds = sum(number * edge_of(bucket) for bucket, number in latencies.items()) / 1000
        metric.samples.append(("_sum", labels, seconds))
        metric.samples.append(("_count", labels, total))
    return metric


def _of_quality(board: Board) -> Iterator[_Metric]:
    mean = _Metric(
        name="evalgate_quality", form="gauge", help="Mean score of the latest window, 0 to 1."
    )
    baseline = _Metric(
        name="evalgate_quality_baseline", form="gauge", help="The frozen mean score."
    )
    limit = _Metric(
        name="evalgate_quality_limit", form="gauge", help="A window's mean that is an alarm."
    )
    scores = _Metric(
        name="evalgate_quality_window_scores", form="gauge", help="Scores of the latest window."
    )
    for view in board.trends:
        trend = view.trend
        labels = {"prompt": trend.stream.prompt, "criterion": trend.stream.criterion}
        mean.add(trend.mean, **labels)
        baseline.add(trend.baseline, **labels)
        limit.add(trend.limit, **labels)
        scores.add(trend.in_window, **labels)
    yield from (mean, baseline, limit, scores)


def _of_service(board: Board) -> Iterator[_Metric]:
    left = _Metric(
        name="evalgate_error_budget_left",
        form="gauge",
        help="Share of the error budget of 30 days that is left.",
    )
    for each in board.budgets:
        left.add(each.left, objective=each.objective.name)
    alarms = _Metric(name="evalgate_alarm", form="gauge", help="1 for each alarm that lasts.")
    for alarm in board.alarms:
        alarms.add(
            1,
            signal=alarm.signal.value,
            urgency=alarm.urgency.value,
            fingerprint=alarm.fingerprint,
            **_stream(alarm.stream),
        )
    number = _Metric(name="evalgate_alarms", form="gauge", help="Alarms that last, by urgency.")
    for urgency in Urgency:
        number.add(sum(each.urgency is urgency for each in board.alarms), urgency=urgency.value)
    incidents = _Metric(name="evalgate_open_incidents", form="gauge", help="Incidents not closed.")
    incidents.add(len(board.incidents))
    sinks = _Metric(name="evalgate_failing_sinks", form="gauge", help="Sinks that take no alerts.")
    sinks.add(len(board.sinks))
    yield from (left, alarms, number, incidents, sinks)


def _of_itself(board: Board) -> Iterator[_Metric]:
    lost = _Metric(
        name="evalgate_monitor_lost",
        form="gauge",
        help="What was lost or left out of the time that is shown, by what it was.",
    )
    for each in board.losses:
        lost.add(each.number, what=each.name)
    events = _Metric(name="evalgate_events", form="gauge", help="Events of the log, by kind.")
    for kind, count in board.happened.items():
        events.add(count, kind=kind)
    judge = _Metric(
        name="evalgate_judge_cost_usd_today", form="gauge", help="What scoring has cost today."
    )
    judge.add(board.scoring.judge_usd)
    standing = _Metric(
        name="evalgate_monitor_standing", form="gauge", help="1 for how production stands."
    )
    for state in Standing:
        standing.add(board.standing is state, standing=state.value)
    look = _Metric(
        name="evalgate_monitor_last_look_timestamp_seconds",
        form="gauge",
        help="When the files were last looked at.",
    )
    look.add(board.at)
    yield from (lost, events, judge, standing, look)


def _bounded(counters: Mapping[Place, Tally]) -> dict[Place, Tally]:
    """Return the places with most calls, and all others as one."""
    ranked = sorted(counters.items(), key=lambda item: (-item[1].calls, item[0]))
    kept = dict(sorted(ranked[:MOST_SERIES]))
    if len(ranked) > MOST_SERIES:
        rest = Tally()
        for tally in (kept.pop(_OTHERS, Tally()), *(each for _, each in ranked[MOST_SERIES:])):
            rest.add(tally)
        kept[_OTHERS] = rest
    return kept


def _labels(place: Place) -> dict[str, str]:
    return {
        "feature": place.feature,
        "prompt": place.prompt,
        "version": place.version,
        "arm": place.arm.value,
        "route": place.route,
        "provider": place.provider,
        "model": place.model,
    }


def _stream(stream: Stream) -> dict[str, str]:
    return {
        "prompt": stream.prompt,
        "criterion": stream.criterion,
        "version": stream.version,
        "feature": stream.feature,
        "route": stream.route,
        "provider": stream.provider,
        "model": stream.model,
    }


def _written(labels: Labels) -> str:
    told: Iterable[str] = (
        f'{name}="{_escaped(value, quote=True)}"' for name, value in labels.items()
    )
    return f"{{{','.join(told)}}}" if labels else ""


def _escaped(text: str, *, quote: bool = False) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quote else escaped


def _number(value: float) -> str:
    whole = int(value)
    return str(whole) if value == whole else repr(float(value))
