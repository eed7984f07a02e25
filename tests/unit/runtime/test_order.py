"""What follows from the settings: terms by feature, targets, and caches opened once."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.errors import UsageError
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.serving import (
    CacheKind,
    CacheRules,
    FeatureRules,
    HedgeRules,
    Prefer,
    Serving,
    Timing,
)
from evalgate.runtime.order import Caches, Order
from evalgate.runtime.remembering.memory_cache import MemoryCache
from tests.unit.runtime.calls import SERVING, SONNET, VERSION

MEMORY = CacheRules(kind=CacheKind.MEMORY)
HASTY = FeatureRules(timing=Timing(deadline=1.0, timeout=0.5), prefer=Prefer.COST, is_cached=False)
FILLED = replace(SERVING, cache=MEMORY, features={"search": HASTY})


def test_a_feature_that_says_nothing_is_served_like_all() -> None:
    terms = Order(FILLED).terms("support")
    assert (terms.timing, terms.prefer, terms.cache) == (SERVING.timing, Prefer.QUALITY, MEMORY)


def test_a_feature_is_served_on_its_own_terms() -> None:
    terms = Order(FILLED).terms("search")
    assert (terms.timing.deadline, terms.prefer, terms.cache) == (1.0, Prefer.COST, None)


def test_targets_follow_what_a_feature_prefers() -> None:
    order = Order(FILLED)
    usual = [
        target.key for target in order.targets(order.terms("x").prefer, SONNET, needs_schema=False)
    ]
    hasty = [
        target.key
        for target in order.targets(order.terms("search").prefer, SONNET, needs_schema=False)
    ]
    assert usual != hasty
    assert sorted(usual) == sorted(hasty)


def test_made_up_features_fill_no_memory() -> None:
    order = Order(FILLED)
    for number in range(1000):
        order.terms(f"feature-{number}")
    assert len(order._terms) == 1


def test_hedges_under_the_same_rules_share_a_budget() -> None:
    order, rules = Order(SERVING), HedgeRules(after=1.0)
    assert order.hedges(rules) is order.hedges(HedgeRules(after=1.0))
    assert order.hedges(rules) is not order.hedges(HedgeRules(after=2.0))


def test_the_start_of_a_template_is_found_once_per_version() -> None:
    assert Order(SERVING).prefix(VERSION) == "You answer customers."


class Ear:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.time = 0.0

    def caches(self) -> Caches:
        return Caches({}, now=lambda: self.time, on_event=self.events.append)


def test_two_rules_over_one_cache_open_it_once() -> None:
    caches = Ear().caches()
    assert caches.cache(MEMORY) is caches.cache(replace(MEMORY, ttl=1.0))
    assert caches.answers(None) is None


def test_a_cache_that_cannot_be_used_is_an_error_at_the_start(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("no database")
    rules = CacheRules(kind=CacheKind.SQLITE, path=str(foreign))
    with pytest.raises(UsageError, match="foreign"):
        Ear().caches().open(Serving(cache=rules))


def test_a_cache_that_cannot_be_used_later_is_told_once_and_remembers_nothing(
    tmp_path: Path,
) -> None:
    ear = Ear()
    caches = ear.caches()
    foreign = tmp_path / "foreign"
    foreign.write_text("no database")
    rules = CacheRules(kind=CacheKind.SQLITE, path=str(foreign))
    assert caches.answers(rules) is None
    assert caches.answers(rules) is None
    assert [event.kind for event in ear.events] == [EventKind.CACHE_FAILED]
    assert str(tmp_path) not in ear.events[0].message


async def test_failing_caches_are_told_once_a_minute_and_only_what_is_new() -> None:
    ear = Ear()
    caches = ear.caches()
    cache = caches.cache(MEMORY)
    assert isinstance(cache, MemoryCache)
    for seconds, failures, told in ((0, 0, 0), (0, 2, 1), (59, 3, 1), (2, 3, 2), (99, 3, 2)):
        ear.time += seconds
        cache.failures = failures
        caches.watch()
        assert len(ear.events) == told
    assert [event.message.split()[-1] for event in ear.events] == ["2", "1"]


async def test_the_caches_of_features_are_opened_and_closed_with_the_others(
    tmp_path: Path,
) -> None:
    caches = Ear().caches()
    path = tmp_path / "answers.sqlite"
    own = CacheRules(kind=CacheKind.SQLITE, path=str(path))
    caches.open(replace(FILLED, features={"search": FeatureRules(cache=own)}))
    assert path.exists()
    first = caches.cache(MEMORY)
    await caches.aclose()
    assert caches.cache(MEMORY) is not first
