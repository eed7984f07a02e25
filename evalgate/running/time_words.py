"""Says how long things take, what decides that, and what makes a run shorter."""

from collections.abc import Mapping

from evalgate.running.duration import MINUTE, Bottleneck, Duration

HOUR = 60 * MINUTE

_CAUSES: Mapping[Bottleneck, str] = {
    Bottleneck.CONCURRENCY: "by the calls in flight",
    Bottleneck.REQUESTS: "by the limit of requests per minute",
    Bottleneck.INPUT_TOKENS: "by the limit of input tokens per minute",
    Bottleneck.OUTPUT_TOKENS: "by the limit of output tokens per minute",
}

_STEPS = ((MINUTE, 5), (10 * MINUTE, 30), (2 * HOUR, 60), (24 * HOUR, 900))
"""Below so many seconds, a guess is rounded to so many."""

_LONGEST_STEP = 3_600

_IN_FLIGHT = "raise `run.concurrency`, spread it over several jobs with `--shard`"
_LIMITED = "run it with `--engine batches`, ask for higher limits"


def spoken(seconds: float) -> str:
    """Write a duration with its two largest units: `40 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return _pair(whole, 60, units=("min", "s"))
    if whole < 48 * HOUR:
        return _pair(round(whole / MINUTE), 60, units=("h", "min"))
    return _pair(round(whole / HOUR), 24, units=("d", "h"))


def roughly(seconds: float) -> str:
    """Write a guessed duration, rounded to what a guess can tell: `5 s`, `4 min 30 s`, `10 min`."""
    step = next((step for limit, step in _STEPS if seconds < limit), _LONGEST_STEP)
    return spoken(max(step, step * round(seconds / step)) if seconds > 0 else 0)


def cause(duration: Duration) -> str:
    """Say what decides a duration, and for which model if it is a rate limit."""
    model = f" of {duration.model}" if duration.model else ""
    return _CAUSES[duration.decided_by] + model


def passes(duration: Duration, minutes: float) -> bool:
    """Return whether something takes longer than a job may."""
    return duration.seconds > minutes * MINUTE


def too_long(duration: Duration, minutes: float) -> str:
    """Say that something takes longer than a job may, and what to do about it."""
    levers = _IN_FLIGHT if duration.decided_by is Bottleneck.CONCURRENCY else _LIMITED
    return (
        f"about {roughly(duration.seconds)}, decided {cause(duration)}; that is longer than "
        f"the {minutes:g} minutes of the job (`run.job_minutes`): {levers}, or plan fewer trials"
    )


def _pair(number: int, base: int, *, units: tuple[str, str]) -> str:
    large, small = divmod(number, base)
    return f"{large} {units[0]}" + (f" {small} {units[1]}" if small else "")
