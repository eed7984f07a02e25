"""Sums tallies up into the figures that are shown."""

from collections.abc import Iterable, Mapping
from math import ceil

from evalgate.model.board import Figures
from evalgate.model.traffic import Tally, edge_of


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies."""
    whole = Tally()
    for each in tallies:
        whole.add(each)
    return whole


def figures_of(tally: Tally) -> Figures:
    """Return the figures of some calls."""
    p50, p90, p95, p99 = percentiles(tally.latencies, (0.5, 0.9, 0.95, 0.99))
    return Figures(
        calls=tally.calls,
        failed=tally.failed,
        degraded=tally.degraded,
        refused=tally.refused,
        malformed=tally.malformed,
        cached=tally.cached,
        sampled=tally.sampled,
        unpriced=tally.unpriced,
        cost_usd=tally.cost_usd,
        anew=sum(tally.latencies.values()),
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
    )


def percentiles(latencies: Mapping[int, int], ranks: tuple[float, ...]) -> list[float | None]:
    """Return percentiles of latencies that are counted by bucket, in milliseconds.

    Each is the upper edge of the bucket of that rank, so that it is at most 2 % too high. Of no
    calls there are none.

    Args:
        latencies: how many calls are in each bucket.
        ranks: shares in ascending order, each above 0 and at most 1.
    """
    total = sum(latencies.values())
    if not total:
        return [None] * len(ranks)
    found: list[float | None] = []
    below = 0
    for bucket, number in sorted(latencies.items()):
        below += number
        while len(found) < len(ranks) and below >= max(1, ceil(ranks[len(found)] * total)):
            found.append(edge_of(bucket))
    return found
