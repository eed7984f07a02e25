"""The limits of a mean of scores, and what an alarm is called."""

import hashlib
import json
import math

from evalgate.deciding.intervals import clopper_pearson
from evalgate.deciding.quantiles import normal_quantile
from evalgate.model.alarm import Signal
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.series import names_of

CONFIDENCE = 0.95
_REACH = normal_quantile(0.5 + CONFIDENCE / 2)
_DIGITS = 12
_OF_QUALITY = frozenset({Signal.FALL, Signal.FLOOR, Signal.DRIFT})


def limits(
    mean: float, n: int, *, sd: float, is_binary: bool, worth: float = 1.0
) -> tuple[float, float]:
    """Return between which means the true one lies, with a confidence of 95 %.

    Args:
        mean: of the scores.
        n: how many there are, one at least.
        sd: of one score.
        is_binary: whether all are 0 or 1.
        worth: how much a score counts beside its neighbours, above 0 and at most 1.
    """
    effective = max(1.0, n * worth)
    if is_binary:
        return clopper_pearson(mean * effective, effective, confidence=CONFIDENCE)
    reach = _REACH * sd / math.sqrt(effective)
    return max(0.0, mean - reach), min(1.0, mean + reach)


def fingerprint_of(signal: Signal, stream: Stream) -> str:
    """Return what a cause is called: the same at every look, on every host, and when it gets worse.

    A fall, a drift and a mean under the floor are signs of one and the same cause.
    """
    told = [
        "quality" if signal in _OF_QUALITY else signal,
        stream.prompt,
        stream.criterion,
        *names_of(stream).items(),
    ]
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
