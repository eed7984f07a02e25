"""What follows from one state of `runtime.yml`: terms, targets and caches, each found once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from evalgate.adapters.fork_lock import ForkLock
from evalgate.errors import EvalgateError
from evalgate.model.call_ports import AnswerCache, Event, EventKind
from evalgate.model.prompt import PromptVersion
from evalgate.model.serving import CacheRules, HedgeRules, Prefer, Serving
from evalgate.runtime.failover.budget import HedgeBudget
from evalgate.runtime.failover.targets import Target, targets
from evalgate.runtime.logbook.prefix import prefix_of
from evalgate.runtime.remembering.answers import Answers
from evalgate.runtime.remembering.caches import open_cache
from evalgate.runtime.smelling.smell import Expected, expected_of
from evalgate.runtime.terms import Terms, terms_of

SECONDS_BETWEEN = 60.0
"""How often it is told at most that caches fail."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """How prompts are served, as long as the file says the same.

    What is derived is kept by whoever comes first; of two threads both find the same.
    """

    serving: Serving
    _terms: dict[str, Terms] = field(default_factory=dict)
    _targets: dict[tuple[Prefer, str, bool], tuple[Target, ...]] = field(default_factory=dict)
    _expected: dict[str, Expected] = field(default_factory=dict)
    _prefixes: dict[str, str] = field(default_factory=dict)
    _hedges: dict[HedgeRules, HedgeBudget] = field(default_factory=dict)

    def terms(self, feature: str) -> Terms:
        """Return the terms of a feature."""
        if feature not in self.serving.features:
            feature = ""
        terms = self._terms.get(feature)
        if terms is None:
            terms = self._terms[feature] = terms_of(self.serving, feature)
        return terms

    def targets(self, prefer: Prefer, model: str, *, needs_schema: bool) -> tuple[Target, ...]:
        """Return whom to ask, in order."""
        key = (prefer, model, needs_schema)
        found = self._targets.get(key)
        if found is None:
            found = self._targets[key] = targets(
                self.serving, prefer=prefer, model=model, needs_schema=needs_schema
            )
        return found

    def expected(self, version: PromptVersion) -> Expected:
        """Return what answers of a version should be like."""
        found = self._expected.get(version.hash)
        if found is None:
            rules = self.serving.smell.get(version.prompt)
            found = self._expected[version.hash] = expected_of(version, rules)
        return found

    def prefix(self, version: PromptVersion) -> str:
        """Return the start of a version's template, as the log shows it."""
        found = self._prefixes.get(version.hash)
        if found is None:
            found = self._prefixes[version.hash] = prefix_of(version)
        return found

    def hedges(self, rules: HedgeRules) -> HedgeBudget:
        """Return the budget of hedges under some rules."""
        return self._hedges.setdefault(rules, HedgeBudget(rules))


class Caches:
    """The caches of a process, each opened once, whatever the rules over it say."""

    def __init__(
        self,
        variables: Mapping[str, str],
        *,
        now: Callable[[], float],
        on_event: Callable[[Event], None],
    ) -> None:
        """Take the environment, which may name a server."""
        self._variables = variables
        self._now = now
        self._on_event = on_event
        self._open: dict[tuple[str, str, int], AnswerCache | None] = {}
        self._opening = ForkLock()
        self._failures = 0
        self._told_at = float("-inf")

    def open(self, serving: Serving) -> None:
        """Open what the settings name.

        Raises:
            UsageError: a cache cannot be used.
        """
        for rules in (serving.cache, *(each.cache for each in serving.features.values())):
            if rules is not None:
                self._open[_key(rules)] = open_cache(rules, self._variables)

    def answers(self, rules: CacheRules | None) -> Answers | None:
        """Return what is remembered under some rules; None where nothing is."""
        cache = None if rules is None else self.cache(rules)
        return None if rules is None or cache is None else Answers(cache, rules, now=self._now)

    def cache(self, rules: CacheRules) -> AnswerCache | None:
        """Return a cache; None where it cannot be opened, which is told once."""
        key = _key(rules)
        if key not in self._open:
            with self._opening:
                if key not in self._open:
                    self._open[key] = self._opened(rules)
        return self._open.get(key)

    def watch(self) -> None:
        """Tell that caches fail, once a minute while they do."""
        failures = sum(cache.failures for cache in list(self._open.values()) if cache)
        if failures == self._failures or self._now() < self._told_at + SECONDS_BETWEEN:
            return
        told = f"reads and writes that failed: {failures - self._failures}"
        self._failures, self._told_at = failures, self._now()
        self._on_event(
            Event(ts=self._now(), kind=EventKind.CACHE_FAILED, subject="cache", message=told)
        )

    async def aclose(self) -> None:
        """Close all caches."""
        opened, self._open = self._open, {}
        for cache in opened.values():
            if cache is not None:
                await cache.aclose()

    def _opened(self, rules: CacheRules) -> AnswerCache | None:
        try:
            return open_cache(rules, self._variables)
        except EvalgateError:
            kind = rules.kind.value
            told = "it cannot be opened, and nothing is remembered; a restart says why"
            event = Event(ts=self._now(), kind=EventKind.CACHE_FAILED, subject=kind, message=told)
            self._on_event(event)
            return None


def _key(rules: CacheRules) -> tuple[str, str, int]:
    return rules.kind.value, rules.path, rules.entries
