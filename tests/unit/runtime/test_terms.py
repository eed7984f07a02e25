"""The terms of a feature: its own where it says something, and else those for all."""

from dataclasses import replace

from evalgate.model.serving import (
    BreakerRules,
    CacheKind,
    CacheRules,
    FeatureRules,
    HedgeRules,
    Prefer,
    SamplingRules,
    Timing,
)
from evalgate.runtime.terms import terms_of
from tests.unit.runtime.calls import SERVING

MEMORY = CacheRules(kind=CacheKind.MEMORY)
FILE = CacheRules(kind=CacheKind.SQLITE, path="a.sqlite")
RULES = replace(
    SERVING,
    cache=MEMORY,
    hedge=HedgeRules(after=1.0),
    sampling=SamplingRules(rate=0.5),
    breaker=BreakerRules(slow_after=3.0),
    features={
        "empty": FeatureRules(),
        "full": FeatureRules(
            timing=Timing(deadline=1.0, timeout=0.5),
            prefer=Prefer.COST,
            cache=FILE,
            hedge=HedgeRules(after=0.1, share=0.0),
        ),
        "forgetful": FeatureRules(cache=FILE, is_cached=False),
    },
)


def test_a_feature_that_is_not_named_or_says_nothing_has_the_terms_for_all() -> None:
    terms = terms_of(RULES, "unknown")
    assert (terms.timing, terms.prefer) == (SERVING.timing, Prefer.QUALITY)
    assert (terms.cache, terms.hedge) == (MEMORY, RULES.hedge)
    assert terms_of(RULES, "empty") == terms == terms_of(RULES, "")


def test_a_feature_has_what_it_says() -> None:
    terms = terms_of(RULES, "full")
    assert (terms.timing.deadline, terms.prefer, terms.cache) == (1.0, Prefer.COST, FILE)
    assert terms.hedge == HedgeRules(after=0.1, share=0.0)


def test_a_feature_may_want_nothing_remembered() -> None:
    assert terms_of(RULES, "forgetful").cache is None


def test_sampling_and_slowness_are_the_same_for_all() -> None:
    for feature in ("", "empty", "full", "forgetful"):
        terms = terms_of(RULES, feature)
        assert (terms.sampling.rate, terms.slow_after) == (0.5, 3.0)
