"""Decides which answers are remembered, and for how long one stands for a new one."""

from collections.abc import Sequence

from evalgate.model.call import ServedBy
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion
from evalgate.model.serving import CacheRules

WHOLE = frozenset({"end_turn", "stop_sequence"})
"""The reasons to stop that end an answer; every other one ends something that is none yet."""

ASKED_FOR = frozenset({ServedBy.PRIMARY, ServedBy.OTHER_ROUTE})
"""Who gives a new answer of the model that was asked for."""

MOST_SKEW = 60.0
"""Seconds by which the clocks of two hosts may differ."""


def may_keep(completion: Completion, served_by: ServedBy, *, smell: Sequence[str] | None) -> bool:
    """Return whether an answer may stand for later calls.

    Never one that was refused, cut short or paused, that wishes to use a tool, that another model
    or a cache gave, that is empty, or that smells.

    Args:
        completion: the answer.
        served_by: who gave it.
        smell: what is wrong with it; nothing or None when nothing is.
    """
    return (
        served_by in ASKED_FOR
        and completion.stop_reason in WHOLE
        and not completion.tool_calls
        and not smell
        and bool(completion.text.strip())
    )


def is_fresh(kept: Kept, rules: CacheRules, *, now: float) -> bool:
    """Return whether an answer stands for a new one.

    Args:
        kept: the answer.
        rules: for how long it does.
        now: seconds since 1970.
    """
    return _is_younger(kept, rules.ttl, now)


def is_better_than_none(kept: Kept, rules: CacheRules, *, now: float) -> bool:
    """Return whether an answer may be given when nobody else can answer."""
    return _is_younger(kept, max(rules.ttl, rules.stale), now)


def age(kept: Kept, *, now: float) -> float:
    """Return the age of an answer in seconds, never below zero."""
    return max(now - kept.at, 0.0)


def _is_younger(kept: Kept, limit: float, now: float) -> bool:
    # An answer from the future was kept by a clock that was wrong: nobody knows how old it is.
    return now + MOST_SKEW >= kept.at and age(kept, now=now) < limit
