"""Reads `runtime.yml`: how prompts are served; every key has a default, every fault is an error."""

from collections.abc import Mapping
from dataclasses import fields

from evalgate.model.document import Document
from evalgate.model.reading import Section, describe
from evalgate.model.route import Route
from evalgate.model.route_reading import read_routes
from evalgate.model.serving import (
    BreakerRules,
    CacheRules,
    FeatureRules,
    HedgeRules,
    Prefer,
    RetryRules,
    Serving,
    Timing,
)
from evalgate.runtime.answer_settings import read_cache, read_sampling, read_smells
from evalgate.runtime.failover.targets import OWN_IDS

FILE = "runtime.yml"
SCHEMA = "runtime/1"

LONGEST = 3600.0
"""The most seconds that a call or an attempt may be given."""

DAY = 86_400.0

MOST_RESERVE = 0.9
"""With more kept for later an attempt would have no time of its own."""

MOST_MODELS = 100
"""Models that others may stand in for."""

_TIMING = ("deadline", "timeout", "stream", "reserve")
_KEYS = (
    "schema",
    "prefer",
    *_TIMING,
    "routes",
    "smaller",
    "retry",
    "breaker",
    "hedge",
    "cache",
    "smell",
    "sampling",
    "features",
)


def read_serving(document: Document) -> Serving:
    """Read the file; an empty one means all defaults.

    Raises:
        ConfigurationError: with every problem found in it.
    """
    if document.data is None:
        document = Document(path=document.path, data={}, lines={})
    section = Section(document)
    section.allow(*_KEYS)
    if section.text("schema", SCHEMA) != SCHEMA:
        section.note("schema", f"expected {SCHEMA}, got {describe(section.data['schema'])}")
    routes, timing = _routes(section), _timing(section, Timing())
    hedge, cache = _hedge(section, None, timing), _cache(section, None)
    serving = Serving(
        routes=routes,
        smaller=_smaller(section.section("smaller"), routes),
        prefer=section.choice("prefer", Prefer.QUALITY),
        timing=timing,
        retry=_retry(section.section("retry")),
        breaker=_breaker(section.section("breaker")),
        hedge=hedge,
        cache=cache,
        smell=read_smells(section.section("smell")),
        sampling=read_sampling(section.section("sampling")),
        features=_features(section.section("features"), timing, hedge=hedge, cache=cache),
    )
    section.finish()
    return serving


def _routes(section: Section) -> Mapping[str, Route]:
    if section.data.get("routes") is None:
        return Serving().routes
    within = section.section("routes")
    if not within.data:
        within.note(None, "expected at least one route, or no key `routes` at all")
    for name in within.data:
        if not name.strip():
            within.note(name, "expected a name, got nothing")
    return read_routes(within)


def _timing(section: Section, default: Timing) -> Timing:
    stream = section.section("stream")
    stream.allow("first_content", "between")
    deadline = section.number("deadline", default.deadline, least=0.1, most=LONGEST)
    return Timing(
        deadline=deadline,
        timeout=_wait(section, "timeout", default.timeout, deadline),
        first_content=_wait(stream, "first_content", default.first_content, deadline),
        between=_wait(stream, "between", default.between, deadline),
        reserve=section.number("reserve", default.reserve, least=0.0, most=MOST_RESERVE),
    )


def _wait(section: Section, key: str, default: float, deadline: float) -> float:
    """Return seconds within the deadline; what is not written is cut to it."""
    seconds = section.number(key, min(default, deadline), least=0.05, most=LONGEST)
    if seconds > deadline:
        section.note(key, f"expected at most `deadline`, {deadline:g}, got {seconds:g}")
    return seconds


def _retry(section: Section) -> RetryRules:
    section.allow(*(field.name for field in fields(RetryRules)))
    default = RetryRules()
    pause = section.number("pause", default.pause, least=0.0, most=60.0)
    return RetryRules(
        most=section.integer("most", default.most, least=0, most=10),
        pause=pause,
        longest_pause=_no_less(
            section, "longest_pause", default.longest_pause, than="pause", floor=pause
        ),
        share=section.number("share", default.share, least=0.0, most=1.0),
        least=section.integer("least", default.least, least=0, most=10_000),
    )


def _breaker(section: Section) -> BreakerRules:
    section.allow(*(field.name for field in fields(BreakerRules)))
    default = BreakerRules()
    is_timed = section.data.get("slow_after") is not None
    seconds = section.number("open", default.open, least=0.1, most=LONGEST)
    return BreakerRules(
        window=section.number("window", default.window, least=1.0, most=LONGEST),
        fewest=section.integer("fewest", default.fewest, least=1, most=1_000_000),
        failed=section.number("failed", default.failed, least=0.01, most=1.0),
        slow=section.number("slow", default.slow, least=0.01, most=1.0),
        slow_after=section.number("slow_after", 1.0, least=0.01, most=LONGEST)
        if is_timed
        else None,
        in_a_row=section.integer("in_a_row", default.in_a_row, least=1, most=1_000_000),
        open=seconds,
        longest_open=_no_less(
            section, "longest_open", default.longest_open, than="open", floor=seconds
        ),
        long_open=section.number("long_open", default.long_open, least=1.0, most=DAY),
        probes=section.integer("probes", default.probes, least=1, most=1000),
    )


def _no_less(section: Section, key: str, default: float, *, than: str, floor: float) -> float:
    value = section.number(key, max(default, floor), least=0.0, most=DAY)
    if value < floor:
        section.note(key, f"expected at least `{than}`, {floor:g}, got {value:g}")
    return value


def _hedge(section: Section, default: HedgeRules | None, timing: Timing) -> HedgeRules | None:
    if section.data.get("hedge") is None:
        return default
    within = section.section("hedge")
    within.allow("after", "share")
    if default is None and within.data.get("after") is None:
        within.note(None, "the key `after` is missing")
    known = default or HedgeRules(after=0.01)
    after = within.number("after", known.after, least=0.01, most=LONGEST)
    if after >= timing.timeout:
        within.note("after", f"expected less than `timeout`, {timing.timeout:g}, got {after:g}")
    return HedgeRules(after=after, share=within.number("share", known.share, least=0.0, most=1.0))


def _cache(section: Section, default: CacheRules | None) -> CacheRules | None:
    if section.data.get("cache") is None:
        return default
    return read_cache(section.section("cache"), default)


def _features(
    section: Section, timing: Timing, *, hedge: HedgeRules | None, cache: CacheRules | None
) -> Mapping[str, FeatureRules]:
    return {
        name: _feature(section.section(name), timing, hedge=hedge, cache=cache)
        for name in section.data
    }


def _feature(
    section: Section, timing: Timing, *, hedge: HedgeRules | None, cache: CacheRules | None
) -> FeatureRules:
    section.allow("prefer", *_TIMING, "hedge", "cache")
    has_timing = any(section.data.get(key) is not None for key in _TIMING)
    own = _timing(section, timing)
    switch = section.data.get("cache")
    is_switched = isinstance(switch, bool)
    if switch is True and cache is None:
        section.note("cache", "there is no cache: say which under `cache` at the top")
    has_hedge = section.data.get("hedge") is not None
    return FeatureRules(
        timing=own if has_timing else None,
        prefer=section.choice("prefer", Prefer.QUALITY)
        if section.data.get("prefer") is not None
        else None,
        cache=None if is_switched or switch is None else _cache(section, cache),
        hedge=_hedge(section, hedge, own) if has_hedge else None,
        is_cached=switch is not False,
    )


def _smaller(section: Section, routes: Mapping[str, Route]) -> Mapping[str, tuple[str, ...]]:
    if len(section.data) > MOST_MODELS:
        section.note(None, f"expected at most {MOST_MODELS} models, got {len(section.data):,}")
        return {}
    chains = {model: section.texts(model) for model in section.data}
    for model, others in chains.items():
        if _comes_back(chains, model):
            section.note(model, f"`{model}` stands in for itself, by way of those that it names")
        for other in others:
            if not any(_serves(route, other) for route in routes.values()):
                section.note(model, f"no route has an id for {describe(other)}: see its `models`")
    return chains


def _comes_back(chains: Mapping[str, tuple[str, ...]], model: str) -> bool:
    seen: set[str] = set()
    waiting = list(chains[model])
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting.extend(chains.get(other, ()))
    return model in seen


def _serves(route: Route, model: str) -> bool:
    return route.provider not in OWN_IDS or model in route.models
