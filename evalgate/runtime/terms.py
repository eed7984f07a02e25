"""On which terms a feature is served: the settings for all, with what it does otherwise."""

from dataclasses import dataclass

from evalgate.model.serving import CacheRules, HedgeRules, Prefer, SamplingRules, Serving, Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for the calls of one feature; `cache` is None where nothing is remembered.

    A call that takes longer than `slow_after` seconds is a slow one; None: none is.
    """

    timing: Timing
    prefer: Prefer
    cache: CacheRules | None
    hedge: HedgeRules | None
    sampling: SamplingRules
    slow_after: float | None


def terms_of(serving: Serving, feature: str) -> Terms:
    """Return the terms of a feature; one that the settings do not name has those for all."""
    own = serving.features.get(feature)
    if own is None:
        return Terms(
            timing=serving.timing,
            prefer=serving.prefer,
            cache=serving.cache,
            hedge=serving.hedge,
            sampling=serving.sampling,
            slow_after=serving.breaker.slow_after,
        )
    return Terms(
        timing=own.timing or serving.timing,
        prefer=own.prefer or serving.prefer,
        cache=(own.cache or serving.cache) if own.is_cached else None,
        hedge=own.hedge or serving.hedge,
        sampling=serving.sampling,
        slow_after=serving.breaker.slow_after,
    )
