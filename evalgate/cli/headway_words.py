"""Says how a run stands: in a few words beside a bar, in a plain line, and at the end."""

from collections.abc import Iterator

from evalgate.cli.headway import Standing
from evalgate.reporting.numbers import count, money
from evalgate.running.time_words import spoken


def short_words(standing: Standing) -> str:
    """Say beside a bar how a run stands, the most important first: a narrow terminal cuts it."""
    return " · ".join(_parts(standing))


def plain_line(standing: Standing) -> str:
    """Say in one line how far a run is."""
    done = f"{standing.done:,} of {count(standing.total, 'trial')} in {spoken(standing.seconds)}"
    return "; ".join([done, *_parts(standing)])


def last_line(standing: Standing) -> str:
    """Say in one line what a run came to."""
    number = f"{standing.done:,} of " if standing.done < standing.total else ""
    took = f"{number}{count(standing.total, 'trial')} in {spoken(standing.seconds)}"
    outcomes = ", ".join(_outcomes(standing))
    calls = [count(standing.calls, "call"), _cost(standing)]
    return "; ".join([f"{took}: {outcomes}" if outcomes else took, *calls])


def _parts(standing: Standing) -> Iterator[str]:
    if standing.seconds_left is not None and standing.done < standing.total:
        yield f"{spoken(standing.seconds_left)} left"
    yield _cost(standing)
    if standing.trials_per_second is not None:
        yield f"{_rate(standing.trials_per_second)} trials/s"
    if standing.errored:
        yield _errored(standing)
    if standing.calls_per_minute is not None:
        yield f"{_rate(standing.calls_per_minute)} calls/min"
    if standing.reused:
        yield f"{standing.reused:,} reused"


def _outcomes(standing: Standing) -> Iterator[str]:
    if standing.graded:
        yield f"{standing.graded:,} graded"
    if standing.errored:
        yield _errored(standing)
    if standing.skipped:
        yield f"{standing.skipped:,} skipped"
    if standing.reused:
        yield f"{standing.reused:,} of them reused"


def _errored(standing: Standing) -> str:
    kinds = [f"{number:,} {kind}" for kind, number in standing.error_kinds]
    others = standing.errored - sum(number for _, number in standing.error_kinds)
    named = [*kinds, *([f"{others:,} other"] if others > 0 else [])]
    return f"{standing.errored:,} errored ({', '.join(named)})"


def _cost(standing: Standing) -> str:
    known = money(standing.cost_usd)
    return f"≥ {known}" if standing.cost_is_partial else known


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
