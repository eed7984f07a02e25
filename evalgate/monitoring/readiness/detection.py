"""How long a fall of the quality goes unseen, from what is scored in an hour; pure."""

from collections.abc import Iterator, Sequence

from evalgate.model.monitoring import AlarmRules
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import latest
from evalgate.monitoring.alarms.watching import Terms, criteria_of, is_whole, watches_of
from evalgate.monitoring.readiness.facts import Detection

USUAL_WINDOW = 100
"""Scores of the window that pages for graded scores of the usual spread."""


def detection_of(
    rules: AlarmRules, baselines: Sequence[QualityBaseline] = (), *, per_hour: float
) -> Detection | None:
    """Return how long it takes to page about a fall by the limit; None where nothing is scored.

    The window must fill with scores of the fallen quality before it can be told from chance.

    Args:
        rules: of the alarms.
        baselines: all that were ever frozen; the widest window of those that hold counts.
        per_hour: scores of the uniform sample, of one criterion.
    """
    if per_hour <= 0:
        return None
    scores = max(_windows(rules, baselines), default=rules.window or USUAL_WINDOW)
    return Detection(drop=100 * rules.max_drop, scores=scores, hours=scores / per_hour)


def _windows(rules: AlarmRules, baselines: Sequence[QualityBaseline]) -> Iterator[int]:
    """Yield the windows of whole prompts by each criterion."""
    for stream in latest(baselines):
        if is_whole(stream):
            terms = Terms(rules=rules, criteria=criteria_of(stream.prompt, baselines))
            yield from (each.window for each in watches_of(stream, baselines, terms)[-1:])
