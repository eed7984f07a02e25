"""Facts about reading `runtime.yml`."""

from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.document import Data, Document
from evalgate.model.route import Provider, Route
from evalgate.model.serving import (
    BreakerRules,
    CacheKind,
    CacheRules,
    FeatureRules,
    HedgeRules,
    Prefer,
    RetryRules,
    SamplingRules,
    Serving,
    SmellRules,
    Timing,
)
from evalgate.runtime.settings import MOST_MODELS, read_serving

WHOLE = """
schema: runtime/1
prefer: cost
deadline: 20
timeout: 8
stream: {first_content: 5, between: 4}
reserve: 0.4
routes:
  direct: {provider: direct}
  eu: {provider: bedrock, region: eu-central-1, models: {big: a.big}}
smaller: {big: [small, tiny], small: tiny}
retry: {most: 2, pause: 0.5, longest_pause: 3, share: 0.2, least: 4}
breaker: {window: 20, fewest: 10, failed: 0.6, slow: 0.7, slow_after: 6, in_a_row: 4, open: 4, longest_open: 12, long_open: 300, probes: 2}
hedge: {after: 2, share: 0.02}
cache: {kind: sqlite, path: cache.db, ttl: 60, stale: 600, entries: 50}
smell: {support-reply: {length: [20, 4000], scripts: [Latin]}}
sampling: {rate: 0.01, raised: {canary: 0.2, error: 1}, spool: spool, days: 3, most_waiting: 9}
features:
  search: {deadline: 2, prefer: quality, cache: false}
  report: {timeout: 19, stream: {between: 9}, hedge: {share: 0}, cache: {ttl: 5}}
  plain:
"""


def read(text: str) -> Serving:
    return read_serving(read_yaml("runtime.yml", text.encode()))


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_is_read() -> None:
    cache = CacheRules(kind=CacheKind.SQLITE, path="cache.db", ttl=60, stale=600, entries=50)
    bedrock = Route(
        provider=Provider.BEDROCK, region="eu-central-1", models={"big": "a.big"}, price_factor=1.1
    )
    assert read(WHOLE) == Serving(
        routes={"direct": Route(), "eu": bedrock},
        smaller={"big": ("small", "tiny"), "small": ("tiny",)},
        prefer=Prefer.COST,
        timing=Timing(deadline=20, timeout=8, first_content=5, between=4, reserve=0.4),
        retry=RetryRules(most=2, pause=0.5, longest_pause=3, share=0.2, least=4),
        breaker=BreakerRules(
            window=20,
            fewest=10,
            failed=0.6,
            slow=0.7,
            slow_after=6,
            in_a_row=4,
            open=4,
            longest_open=12,
            long_open=300,
            probes=2,
        ),
        hedge=HedgeRules(after=2, share=0.02),
        cache=cache,
        smell={"support-reply": SmellRules(length=(20, 4000), scripts=("Latin",))},
        sampling=SamplingRules(
            rate=0.01, raised={"canary": 0.2, "error": 1.0}, spool="spool", days=3, most_waiting=9
        ),
        features={
            "search": FeatureRules(
                timing=Timing(deadline=2, timeout=2, first_content=2, between=2, reserve=0.4),
                prefer=Prefer.QUALITY,
                is_cached=False,
            ),
            "report": FeatureRules(
                timing=Timing(deadline=20, timeout=19, first_content=5, between=9, reserve=0.4),
                cache=CacheRules(
                    kind=CacheKind.SQLITE, path="cache.db", ttl=5, stale=600, entries=50
                ),
                hedge=HedgeRules(after=2, share=0),
            ),
            "plain": FeatureRules(),
        },
    )


def test_the_order_of_routes_is_that_of_the_file() -> None:
    text = "routes: {b: {provider: direct}, a: {provider: foundry}, c: {provider: direct}}"
    assert list(read(text).routes) == ["b", "a", "c"]


def test_every_hundredth_call_is_a_rate_of_one_in_a_hundred() -> None:
    assert read("sampling: {every: 100}") == read("sampling: {rate: 0.01}")
    assert read("sampling: {every: 1}").sampling.rate == 1.0


@pytest.mark.parametrize("text", ["", "schema: runtime/1", "routes:\nsmaller:\nfeatures:\n"])
def test_what_is_not_said_is_as_usual(text: str) -> None:
    assert read(text) == Serving()


def test_the_usual_waits_are_cut_to_a_shorter_deadline() -> None:
    timing = read("deadline: 5").timing
    assert timing == Timing(deadline=5, timeout=5, first_content=5, between=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schema: runtime/2", "schema: expected runtime/1, got `runtime/2`"),
        ("[a]", "expected a mapping, got a list"),
        (
            "sampling: {every: 9, rate: 0}",
            "sampling.every: says the same as `rate`, which is there too: keep one of them",
        ),
        (
            "sampling: {every: 0}",
            "sampling.every: expected a whole number from 1 to 1000000000, got the number 0",
        ),
        ("retries: {}", "retries: unknown key (did you mean `retry`?)"),
        ("prefer: quantity", "did you mean `quality`?"),
        ("deadline: 0", "deadline: expected a number from 0.1 to 3600"),
        ("{deadline: 5, timeout: 6}", "timeout: expected at most `deadline`, 5, got 6"),
        ("{deadline: 5, stream: {between: 6}}", "stream.between: expected at most `deadline`"),
        ("stream: {first: 5}", "stream.first: unknown key"),
        ("reserve: 1", "reserve: expected a number from 0 to 0.9"),
        ("routes: {}", "routes: expected at least one route"),
        ("routes: {'': {provider: direct}}", "expected a name, got nothing"),
        ("routes: {eu: {provider: bedrok}}", "did you mean `bedrock`?"),
        ("routes: {eu: {provider: bedrock, region: r}}", "a route over bedrock needs `models`"),
        ("smaller: {a: [b], b: [a]}", "smaller.a: `a` stands in for itself"),
        ("smaller: {a: a}", "smaller.a: `a` stands in for itself"),
        ("smaller: {a: 5}", "smaller.a: expected a list of texts"),
        (
            "{routes: {eu: {provider: bedrock, region: r, models: {a: b}}}, smaller: {a: c}}",
            "smaller.a: no route has an id for `c`",
        ),
        ("retry: {most: 11}", "retry.most: expected a whole number from 0 to 10"),
        ("retry: {pause: 9, longest_pause: 8}", "longest_pause: expected at least `pause`, 9"),
        ("retry: {share: 2}", "retry.share: expected a number from 0 to 1"),
        ("breaker: {failed: 0}", "breaker.failed"),
        ("breaker: {slow: 1.5}", "breaker.slow"),
        ("breaker: {slow_after: 0}", "breaker.slow_after"),
        ("breaker: {open: 20, longest_open: 10}", "expected at least `open`, 20, got 10"),
        ("breaker: {probe: 1}", "did you mean `probes`?"),
        ("hedge: {share: 0.1}", "hedge: the key `after` is missing"),
        ("hedge: {after: 20}", "hedge.after: expected less than `timeout`, 20, got 20"),
        ("features: {f: {deadlin: 3}}", "features.f.deadlin: unknown key"),
        ("features: {f: {deadline: 3, timeout: 4}}", "features.f.timeout: expected at most"),
        ("features: {f: {cache: true}}", "features.f.cache: there is no cache"),
        ("features: {f: {cache: {ttl: 5}}}", "features.f.cache: the key `kind` is missing"),
        ("features: {f: 5}", "features.f: expected a mapping, got the number 5"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, expected: str) -> None:
    found = problems(text)
    assert len([each for each in found if expected in each]) >= 1, found
    assert all(each.startswith("runtime.yml") for each in found)


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    found = problems("prefer: x\ndeadline: -1\nretry:\n  most: a\ncache:\n  kind: sqlite\n")
    assert [each.partition(" ")[0] for each in found] == [
        "runtime.yml:2:",
        "runtime.yml:5:",
        "runtime.yml:1:",
        "runtime.yml:4:",
    ]


def test_a_chain_of_smaller_models_without_a_circle_is_no_fault() -> None:
    text = "smaller: {a: [b, c], b: [c, d], c: [d]}"
    assert read(text).smaller["a"] == ("b", "c")


def test_a_flood_of_models_is_refused_before_it_is_followed() -> None:
    chain = ", ".join(f"m{index}: m{index + 1}" for index in range(MOST_MODELS + 1))
    assert problems(f"smaller: {{{chain}}}") == [
        "runtime.yml:1: smaller: expected at most 100 models, got 101"
    ]


DATA: st.SearchStrategy[Data] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(["after", "kind", "length", "deadline", "ttl"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
KEYS = [
    "prefer",
    "deadline",
    "timeout",
    "stream",
    "reserve",
    "routes",
    "smaller",
    "retry",
    "breaker",
    "hedge",
    "cache",
    "smell",
    "sampling",
    "features",
]


@given(st.dictionaries(st.sampled_from(KEYS), DATA, max_size=4))
def test_any_data_is_either_read_or_refused(data: dict[str, Data]) -> None:
    document = Document(path="runtime.yml", data=data, lines={})
    with suppress(ConfigurationError):
        timing = read_serving(document).timing
        assert 0 < timing.timeout <= timing.deadline


def test_every_key_of_the_types_is_a_key_of_the_file() -> None:
    known = set(KEYS) | {"timing"}
    assert {field.name for field in fields(Serving)} <= known
