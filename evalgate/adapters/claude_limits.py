"""Reads what a response says about rate limits; headers are taken for nothing but hints."""

import math
from collections.abc import Mapping

from evalgate.model.chat import Allowance, RateLimits

MOST_DIGITS = 15
"""Longer numbers are nonsense."""


def read_limits(headers: Mapping[str, str]) -> RateLimits | None:
    """Return the limits per minute that the headers state, or None when they state none."""
    limits = RateLimits(
        requests=_allowance(headers, "requests"),
        input_tokens=_allowance(headers, "input-tokens"),
        output_tokens=_allowance(headers, "output-tokens"),
    )
    return None if limits == RateLimits() else limits


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, or None when it names no sensible number."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


def _allowance(headers: Mapping[str, str], kind: str) -> Allowance | None:
    limit = _count(headers.get(f"anthropic-ratelimit-{kind}-limit"))
    if not limit:
        return None
    remaining = _count(headers.get(f"anthropic-ratelimit-{kind}-remaining"))
    return None if remaining is None else Allowance(limit=limit, remaining=remaining)


def _count(value: str | None) -> int | None:
    is_count = value is not None and value.isascii() and value.isdigit()
    return int(value) if is_count and value and len(value) <= MOST_DIGITS else None
