"""The response cache as a call sees it: the fresh answer first, a stale one when all else fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evalgate.model.call import ServedBy
from evalgate.model.call_ports import AnswerCache, Kept
from evalgate.model.chat import Completion
from evalgate.model.serving import CacheRules
from evalgate.runtime.remembering.keeping import age, is_better_than_none, is_fresh, may_keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A remembered answer and its age in seconds."""

    kept: Kept
    age: float


class Answers:
    """Remembered answers under the rules of one cache. Nothing here raises."""

    def __init__(self, cache: AnswerCache, rules: CacheRules, *, now: Callable[[], float]) -> None:
        """Put rules over a cache.

        Args:
            cache: where answers are kept.
            rules: for how long they stand.
            now: seconds since 1970.
        """
        self._cache = cache
        self._rules = rules
        self._now = now

    async def fresh(self, key: str) -> Found | None:
        """Return an answer that stands for a new one."""
        kept = await self._cache.find(key)
        now = self._now()
        if kept is None or kept.degraded or not is_fresh(kept, self._rules, now=now):
            return None
        return Found(kept=kept, age=age(kept, now=now))

    async def stale(self, key: str) -> Found | None:
        """Return an answer that may be given when nobody else can answer; a fresh one too."""
        kept = await self._cache.find(key)
        now = self._now()
        if kept is None or kept.degraded or not is_better_than_none(kept, self._rules, now=now):
            return None
        return Found(kept=kept, age=age(kept, now=now))

    async def keep(
        self,
        key: str,
        completion: Completion,
        *,
        route: str,
        served_by: ServedBy,
        smell: Sequence[str] | None,
    ) -> bool:
        """Remember an answer if it may be, and return whether it may.

        Args:
            key: of what was asked.
            completion: the answer.
            route: the name of the route that gave it.
            served_by: who gave it.
            smell: what is wrong with it.
        """
        if not may_keep(completion, served_by, smell=smell):
            return False
        kept = Kept(completion=completion, route=route, at=self._now())
        await self._cache.keep(key, kept, seconds=max(self._rules.ttl, self._rules.stale))
        return True
