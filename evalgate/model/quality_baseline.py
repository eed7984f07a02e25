"""How good production was when somebody said that this is what it shall be held against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityBaseline:
    """The frozen scores of one prompt by one criterion; only a command freezes them anew.

    `feature` or `route` narrows it; empty ones stand for the whole prompt. `mean`, `sd` and `skew`
    are of `n` scores of the uniform sample, answered from `since` to `until`; what was answered
    later is held to it. `is_binary` tells that they are 0 or 1 alone, `autocorrelation` is that of
    neighbouring scores. `frozen` is when that was done; `until` is 0 where it is not told apart.
    All times are in seconds since 1970. `version` was stable then, `judge` is who scored.
    """

    prompt: str
    criterion: str
    feature: str = ""
    route: str = ""
    mean: float
    sd: float
    skew: float = 0.0
    n: int
    is_binary: bool
    autocorrelation: float = 0.0
    since: float = 0.0
    until: float = 0.0
    frozen: float
    by: str = ""
    reason: str = ""
    version: str = ""
    judge: str = ""

    @property
    def holds_from(self) -> float:
        """The instant after which scores are held to it."""
        return self.until or self.frozen
