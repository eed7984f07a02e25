"""How good production was when somebody said that this is what it shall be held against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityBaseline:
    """The frozen scores of one prompt by one criterion; only a command freezes them anew.

    `feature` narrows it; an empty one stands for the whole prompt. `mean` and `sd` are of `n`
    scores of the uniform sample, `is_binary` tells that they are 0 or 1 alone. `autocorrelation` is
    that of neighbouring scores. `frozen` is in seconds since 1970, `version` what was stable then,
    and `judge` who scored.
    """

    prompt: str
    criterion: str
    feature: str = ""
    mean: float
    sd: float
    n: int
    is_binary: bool
    autocorrelation: float = 0.0
    frozen: float
    by: str = ""
    version: str = ""
    judge: str = ""
