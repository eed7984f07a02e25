"""Writes the figures of a board as the rows that page and terminal show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.alarm import Urgency
from evalgate.model.alarm_report import ErrorBudget, Trend
from evalgate.model.board import ArmScore, ArmView, Board, Canary, Figures, Slice, TrendView
from evalgate.model.verdict import Verdict
from evalgate.reporting.instants import duration, utc
from evalgate.reporting.monitor_words import (
    latency,
    name_of,
    objective_told,
    stream_name,
)
from evalgate.reporting.numbers import count, money, percent, signed_points

NONE = "–"

SLICE_TITLES = (
    "calls",
    "no answer",
    "degraded",
    "median",
    "95th",
    "99th",
    "cost",
    "a call",
)
"""The columns of a table of slices, after the name."""

ARM_TITLES = ("stable", "canary")

KINDS: Mapping[str, str] = {
    "feature": "Feature",
    "version": "Version",
    "route": "Route",
    "provider": "Provider",
    "model": "Model",
}
"""The titles of the tables of slices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One trend of quality in words."""

    prompt: str
    criterion: str
    verdict: Verdict
    state: str
    mean: str
    bounds: str
    baseline: str
    change: str
    limit: str
    window: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """One error budget in words; `share` is what is left of it, from 0 to 1."""

    name: str
    promise: str
    counted: str
    bad: str
    left: str
    share: float
    days: str
    burns: tuple[str, ...]
    verdict: Verdict


def trend_row(view: TrendView) -> TrendRow:
    """Return how a trend stands."""
    trend = view.trend
    verdict, state = _state(view)
    return TrendRow(
        prompt=name_of(trend.stream.prompt),
        criterion=name_of(trend.stream.criterion),
        verdict=verdict,
        state=state,
        mean=percent(trend.mean),
        bounds=bounds(trend),
        baseline=percent(trend.baseline),
        change=_change(trend),
        limit=percent(_limit(trend)),
        window=_window(trend),
        why=view.why.message if view.why else "",
    )


def _state(view: TrendView) -> tuple[Verdict, str]:
    lasting = [each for each in view.alarms if each.resolved is None]
    if any(each.urgency is Urgency.PAGE for each in lasting):
        return Verdict.FAIL, "page"
    if lasting:
        return Verdict.INCONCLUSIVE, "ticket"
    if view.trend.limit is None:
        return Verdict.NOT_APPLICABLE, "not watched"
    if view.lacking:  # its mean is of scores, too, that nothing was held to
        return Verdict.NOT_APPLICABLE, "too few scores"
    return Verdict.PASS, "well"


def bounds(trend: Trend) -> str:
    """Return the limits of a mean; empty where there are none."""
    if trend.low is None or trend.high is None:
        return ""
    return f"{percent(trend.low)} to {percent(trend.high)}"


def _change(trend: Trend) -> str:
    if trend.mean is None or trend.baseline is None:
        return NONE
    return signed_points(trend.mean - trend.baseline)


def _limit(trend: Trend) -> float | None:
    given = [each for each in (trend.limit, trend.floor) if each is not None]
    return max(given, default=None)


def _window(trend: Trend) -> str:
    if trend.window and trend.in_window < trend.window:
        return f"{trend.in_window:,} of {trend.window:,} scores"
    return count(trend.in_window, "score")


def slice_trend_cells(trend: Trend) -> tuple[str, ...]:
    """Return the name, the mean, its limits, the change and the scores of a slice's trend."""
    name = stream_name(trend.stream).split(", ", 2)[-1]
    return name, percent(trend.mean), bounds(trend), _change(trend), _window(trend)


def budget_row(budget: ErrorBudget) -> BudgetRow:
    """Return how an error budget stands."""
    firing = [each for each in budget.burns if min(each.long, each.short) >= each.limit]
    verdict = Verdict.PASS
    if not budget.counted:
        verdict = Verdict.NOT_APPLICABLE
    elif any(each.urgency is Urgency.PAGE for each in firing):
        verdict = Verdict.FAIL
    elif firing or budget.left <= 0:
        verdict = Verdict.INCONCLUSIVE
    return BudgetRow(
        name=name_of(budget.objective.name),
        promise=objective_told(budget.objective),
        counted=f"{budget.counted:,}",
        bad=f"{budget.bad:,} of {budget.allowed:,.0f}" if budget.counted else NONE,
        left=f"{100 * budget.left:.0f}%" if budget.counted else NONE,
        share=min(max(budget.left, 0.0), 1.0) if budget.counted else 0.0,
        days=f"{budget.days:.3g} of 30 days",
        burns=tuple(
            f"{each.window}: {each.long:.3g}× and {each.short:.3g}×, "
            f"{each.urgency.value} at {each.limit:g}×"
            for each in budget.burns
        ),
        verdict=verdict,
    )


def slice_cells(each: Slice) -> tuple[str, ...]:
    """Return the name of a slice and the cells of `SLICE_TITLES`."""
    return name_of(each.name), *figure_cells(each.figures)


def figure_cells(figures: Figures) -> tuple[str, ...]:
    """Return the cells of `SLICE_TITLES`."""
    return (
        f"{figures.calls:,}",
        _share(figures.failed, figures.calls),
        _share(figures.degraded, figures.calls),
        latency(figures.p50),
        latency(figures.p95),
        latency(figures.p99),
        money(figures.cost_usd) if figures.calls > figures.unpriced else NONE,
        _per_call(figures),
    )


def _share(number: int, of: int) -> str:
    return percent(number / of if of else None)


def cost_rows(board: Board) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield each feature with its calls, those of unknown cost, its cost, and its share of it."""
    whole = board.whole.cost_usd
    features = board.slices_of("feature")
    for each in sorted(features, key=lambda slice_: (-slice_.figures.cost_usd, slice_.name)):
        figures = each.figures
        said = money(figures.cost_usd) if figures.calls > figures.unpriced else NONE
        share = percent(figures.cost_usd / whole if whole else None)
        yield name_of(each.name), f"{figures.calls:,}", f"{figures.unpriced:,}", said, share


def spender_rows(board: Board) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield each group of users with its users, calls, cost, and its share of the cost."""
    whole = sum(each.cost_usd for each in board.spenders)
    for each in board.spenders:
        users = f"{each.users:,}" if each.users else NONE
        share = percent(each.cost_usd / whole if whole else None)
        yield each.name, users, f"{each.calls:,}", money(each.cost_usd), share


def arm_rows(canary: Canary) -> Iterator[tuple[str, str, str]]:
    """Yield what is compared, and how it is in either arm."""
    arms = canary.stable, canary.canary
    figures = [arm.figures for arm in arms]
    yield _row("version", map(_versions, arms))
    yield _row("calls", (f"{each.calls:,}" for each in figures))
    for scores in zip(*(arm.scores for arm in arms), strict=True):
        yield _row(name_of(scores[0].criterion), map(_score, scores))
    yield _row("no answer", (_share(each.failed, each.calls) for each in figures))
    yield _row("refused", (_share(each.refused, each.answered) for each in figures))
    yield _row("smells", (_share(arm.smelling, arm.figures.answered) for arm in arms))
    yield _row("latency, median", (latency(each.p50) for each in figures))
    yield _row("latency, 95th", (latency(each.p95) for each in figures))
    yield _row("cost a call", map(_per_call, figures))


def _row(name: str, values: Iterable[str]) -> tuple[str, str, str]:
    stable, canary = values
    return name, stable, canary


def _score(score: ArmScore) -> str:
    return f"{percent(score.mean)} of {count(score.n, 'score')}" if score.n else NONE


def _versions(arm: ArmView) -> str:
    return ", ".join(name_of(each) for each in arm.versions) or NONE


def _per_call(figures: Figures) -> str:
    each = figures.cost_per_call
    return NONE if each is None else money(each)


def smell_rows(board: Board) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield prompt, smell, how many answers have it, their share, and the share before."""
    for each in board.smells:
        before = NONE if each.before is None else f"{percent(each.before)} in {each.source}"
        share = _share(each.found, each.of)
        yield name_of(each.prompt), each.smell.replace("_", " "), f"{each.found:,}", share, before


def loss_rows(board: Board) -> Iterator[tuple[str, str]]:
    """Yield what was lost or left out, and how often, and the account of the lines."""
    for each in board.losses:
        yield f"{each.number:,}", each.meaning
    lines = board.lines
    account = (
        f"lines of the call log read: {count(lines.calls, 'call')}, "
        f"{count(lines.events, 'event')}, "
        f"{lines.passed_over:,} passed over, {lines.empty:,} empty, {lines.lost:,} left out"
    )
    yield f"{lines.total:,}", account


def scoring_rows(board: Board) -> Iterator[tuple[str, str]]:
    """Yield what became of the calls that were chosen for scoring, as names and values."""
    scoring = board.scoring
    yield "chosen", f"{scoring.chosen:,} of {count(board.whole.calls, 'call')}"
    yield "scored", f"{count(scoring.answers, 'answer')}, {count(scoring.scores, 'score')}"
    for cause, number in sorted(scoring.ungraded.items(), key=lambda item: (-item[1], item[0])):
        yield "ungraded", f"{number:,}: {name_of(cause)}"
    if scoring.judge_usd is not None:
        most = "" if scoring.most_usd is None else f" of at most {money(scoring.most_usd)}"
        yield "judge, today", f"{money(scoring.judge_usd)}{most}"


def incident_rows(board: Board) -> Iterator[tuple[str, str, str, str]]:
    """Yield id, state, title, and when somebody is to hear of it."""
    for each in board.incidents:
        state = ", ".join(name_of(part) for part in (each.severity, each.status) if part)
        yield name_of(each.id), state, name_of(each.title), _due(each.due, board.at)


def _due(due: float | None, at: float) -> str:
    if due is None:
        return NONE
    if due < at:
        return f"overdue since {duration(at - due)}"
    return f"update due in {duration(due - at)}"


def sink_rows(board: Board) -> Sequence[tuple[str, str, str]]:
    """Return the sinks that fail, since when, and why."""
    return [
        (name_of(each.name), utc(each.since), each.failure or "it does not say why")
        for each in board.sinks
    ]
