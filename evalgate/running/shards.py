"""Divides the cases of a run among several jobs, each of which finds its own part by itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from statistics import fmean

MOST_SHARDS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One part of a run; `index` counts from 1 to `of`."""

    index: int
    of: int

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


def read_shard(text: str) -> Shard | None:
    """Return the shard that `2/4` names, or None when the text names none."""
    found = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", text)
    if found is None:
        return None
    shard = Shard(index=int(found[1]), of=int(found[2]))
    return shard if shard.index <= shard.of <= MOST_SHARDS else None


def cases_of_shard(
    cases: Iterable[str], shard: Shard, *, seconds: Mapping[str, float]
) -> frozenset[str]:
    """Return the cases of one shard; all shards together have each case once.

    The cases stand in the order of their hashes, and each shard gets a stretch of it that has its
    share of the time: so a slow group of neighbours is spread, and every job finds the same answer.

    Args:
        cases: the names of all cases.
        shard: which part is wanted.
        seconds: how long cases took in the past; the others count as the mean of these.
    """
    usual = fmean(seconds.values()) if seconds else 1.0
    ranked = sorted(set(cases), key=_rank)
    weights = [max(seconds.get(case, usual), 1e-9) for case in ranked]
    total, passed, own = sum(weights), 0.0, set()
    for case, weight in zip(ranked, weights, strict=True):
        # The middle of a case decides where it belongs; rounding may put the last one beyond.
        place = int((passed + weight / 2) / total * shard.of)
        if min(place, shard.of - 1) == shard.index - 1:
            own.add(case)
        passed += weight
    return frozenset(own)


def _rank(case: str) -> bytes:
    return sha256(case.encode("utf-8", "surrogatepass")).digest()
