"""Plays the model: draws the fault that strikes a request, answers by the rules, and counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.chat import ChatRequest
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.faults import Circumstances, calls_of, fault_for, spoil
from evalgate.simulator.reply import Reply, reply_to
from evalgate.simulator.rules import Rules

OTHER_MODEL = "claude-simulated-other"
"""The model that answers where the fault is `wrong_model`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a request comes to: the reply as the fault leaves it, and the model that it names."""

    reply: Reply
    model: str
    fault: Fault | None = None

    @property
    def kind(self) -> FaultKind | None:
        """The kind of the fault, if one struck."""
        return None if self.fault is None else self.fault.kind


class Actor:
    """Answers requests by rules.

    Args:
        rules: one or more rule files; the first that speaks for a prompt answers.
        counts: gains one `answers` or `judge` for each request, and one for its fault.
    """

    def __init__(self, rules: Sequence[Rules], *, counts: Counter[str]) -> None:
        self._rules = rules
        self._counts = counts
        self._failing = tuple(rules)
        self._since = 0.0
        self._attempts: Counter[str] = Counter()

    def begin(self, *, now: float) -> None:
        """Count the times of faults from now on, in seconds since 1970."""
        self._since = now

    def fail_by(self, faults: tuple[Fault, ...], *, now: float) -> None:
        """Play these faults from now on, in place of all others; attempts are counted anew."""
        self._failing = (Rules(path="faults", faults=faults),)
        self._since = now
        self._attempts.clear()

    def play(self, request: ChatRequest, *, key: str, came: Circumstances) -> Outcome:
        """Return what a request comes to; equal keys are attempts at one request."""
        self._counts[calls_of(request)] += 1
        attempt = self._attempt(key)
        fault = fault_for(self._failing, request, attempt=attempt, came=came, since=self._since)
        reply = reply_to(self._rules, request)
        if fault is None:
            return Outcome(reply=reply, model=request.model)
        self._counts[fault.kind] += 1
        model = OTHER_MODEL if fault.kind is FaultKind.WRONG_MODEL else request.model
        return Outcome(reply=spoil(reply, fault.kind), model=model, fault=fault)

    def _attempt(self, key: str) -> int:
        """Count attempts, but remember them only where a fault ends after some."""
        if not any(fault.first_attempts for each in self._failing for fault in each.faults):
            return 1
        self._attempts[key] += 1
        return self._attempts[key]
