"""Writes a board as the document `monitor/1`: what `--json` prints."""

from evalgate.model.alarm import Alarm
from evalgate.model.alarm_report import ErrorBudget, Trend
from evalgate.model.board import ArmView, Board, Figures, TrendView
from evalgate.model.document import Data
from evalgate.model.observation import Stream
from evalgate.reporting.instants import iso
from evalgate.reporting.monitor_words import headline

MONITOR = "monitor/1"

_DIGITS = 6


def monitor_document(board: Board) -> dict[str, Data]:
    """Return the document; the same board gives the same one."""
    return {
        "schema": MONITOR,
        "at": iso(board.at),
        "since": iso(board.since),
        "standing": board.standing.value,
        "headline": headline(board),
        "alarms": [_alarm(each) for each in board.alarms],
        "past": [_alarm(each) for each in board.past],
        "trends": [_view(each) for each in board.trends],
        "budgets": [_budget(each) for each in board.budgets],
        "traffic": _figures(board.whole),
        "slices": [
            {"by": each.kind, "name": each.name, **_figures(each.figures)} for each in board.slices
        ],
        "course": [
            {"start": iso(each.start), "end": iso(each.end), **_figures(each.figures)}
            for each in board.beats
        ],
        "spenders": [
            {
                "name": each.name,
                "users": each.users,
                "calls": each.calls,
                "cost_usd": _number(each.cost_usd),
            }
            for each in board.spenders
        ],
        "canaries": [
            {"prompt": each.prompt, "stable": _arm(each.stable), "canary": _arm(each.canary)}
            for each in board.canaries
        ],
        "smells": [
            {
                "prompt": each.prompt,
                "smell": each.smell,
                "found": each.found,
                "of": each.of,
                "before": _number(each.before),
                "source": each.source,
            }
            for each in board.smells
        ],
        **_account(board),
        **_surroundings(board),
    }


def _account(board: Board) -> dict[str, Data]:
    lines, scoring = board.lines, board.scoring
    return {
        "losses": {each.name: each.number for each in board.losses},
        "lines": {
            "total": lines.total,
            "calls": lines.calls,
            "events": lines.events,
            "passed_over": lines.passed_over,
            "empty": lines.empty,
            "left_out": lines.lost,
        },
        "scoring": {
            "chosen": scoring.chosen,
            "answers": scoring.answers,
            "scores": scoring.scores,
            "ungraded": dict(scoring.ungraded),
            "judge_usd_today": _number(scoring.judge_usd),
            "judge_usd_most": _number(scoring.most_usd),
        },
    }


def _surroundings(board: Board) -> dict[str, Data]:
    return {
        "incidents": [
            {
                "id": each.id,
                "title": each.title,
                "status": each.status,
                "severity": each.severity,
                "opened": iso(each.opened),
                "due": iso(each.due),
            }
            for each in board.incidents
        ],
        "failing_sinks": [
            {"name": each.name, "since": iso(each.since), "failure": each.failure}
            for each in board.sinks
        ],
        "changes": [
            {
                "at": iso(each.ts),
                "kind": each.kind,
                "subject": each.subject,
                "before": each.before,
                "after": each.after,
                "source": each.source,
            }
            for each in board.changes
        ],
        "missing": [
            {"message": each.message, "command": each.command or None} for each in board.lacks
        ],
        "notes": list(board.notes),
    }


def _alarm(alarm: Alarm) -> Data:
    return {
        "signal": alarm.signal.value,
        "urgency": alarm.urgency.value,
        "fingerprint": alarm.fingerprint,
        "stream": _stream(alarm.stream),
        "also": [_stream(each) for each in alarm.also],
        "began": iso(alarm.began),
        "raised": iso(alarm.raised),
        "resolved": iso(alarm.resolved),
        "observed": _number(alarm.observed),
        "low": _number(alarm.low),
        "high": _number(alarm.high),
        "baseline": _number(alarm.baseline),
        "limit": _number(alarm.limit),
        "n": alarm.n,
        "window": alarm.window,
        "message": alarm.message,
    }


def _stream(stream: Stream) -> dict[str, Data]:
    names = {
        "prompt": stream.prompt,
        "criterion": stream.criterion,
        "version": stream.version,
        "feature": stream.feature,
        "route": stream.route,
        "provider": stream.provider,
        "model": stream.model,
    }
    return {key: name for key, name in names.items() if name}


def _view(view: TrendView) -> Data:
    return {
        **_trend(view.trend),
        "unwatched": view.why.message if view.why else None,
        "slices": [_trend(each) for each in view.slices],
        "course": [
            {
                "start": iso(each.start),
                "end": iso(each.end),
                "n": each.n,
                "mean": _number(each.mean),
                "low": _number(each.low),
                "high": _number(each.high),
            }
            for each in view.points
        ],
    }


def _trend(trend: Trend) -> dict[str, Data]:
    return {
        "stream": _stream(trend.stream),
        "scores": trend.n,
        "unscored": trend.unscored,
        "in_window": trend.in_window,
        "window": trend.window,
        "mean": _number(trend.mean),
        "low": _number(trend.low),
        "high": _number(trend.high),
        "baseline": _number(trend.baseline),
        "limit": _number(trend.limit),
        "floor": _number(trend.floor),
        "weighted": _number(trend.weighted),
        "per_hour": _number(trend.per_hour),
        "last": iso(trend.last),
    }


def _budget(budget: ErrorBudget) -> Data:
    objective = budget.objective
    return {
        "name": objective.name,
        "level": objective.level.value,
        "target": objective.target,
        "counted": budget.counted,
        "bad": budget.bad,
        "allowed": _number(budget.allowed),
        "left": _number(budget.left),
        "days": _number(budget.days),
        "burns": [
            {
                "window": each.window,
                "urgency": each.urgency.value,
                "limit": _number(each.limit),
                "long": _number(each.long),
                "short": _number(each.short),
            }
            for each in budget.burns
        ],
    }


def _arm(arm: ArmView) -> Data:
    return {
        "versions": list(arm.versions),
        "smelling": arm.smelling,
        "scores": [
            {"criterion": each.criterion, "n": each.n, "mean": _number(each.mean)}
            for each in arm.scores
        ],
        **_figures(arm.figures),
    }


def _figures(figures: Figures) -> dict[str, Data]:
    return {
        "calls": figures.calls,
        "failed": figures.failed,
        "degraded": figures.degraded,
        "refused": figures.refused,
        "malformed": figures.malformed,
        "cached": figures.cached,
        "sampled": figures.sampled,
        "cost_usd": _number(figures.cost_usd),
        "unpriced": figures.unpriced,
        "latency_ms": {
            "p50": _number(figures.p50),
            "p90": _number(figures.p90),
            "p95": _number(figures.p95),
            "p99": _number(figures.p99),
        },
    }


def _number(value: float | None) -> Data:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
