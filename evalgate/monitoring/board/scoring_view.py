"""What became of the calls that were chosen for scoring."""

from collections import Counter
from collections.abc import Sequence

from evalgate.model.board import Scoring
from evalgate.model.observation import Observation

UNKNOWN = "no cause given"


def scoring_of(
    observations: Sequence[Observation],
    *,
    chosen: int,
    judge_usd: float | None = None,
    most_usd: float | None = None,
) -> Scoring:
    """Return the account of scoring.

    Args:
        observations: the scores of the answers of the time that is shown.
        chosen: how many calls of that time the log says were chosen.
        judge_usd: what scoring has cost today.
        most_usd: what it may cost on a day.
    """
    ungraded = Counter(each.cause or UNKNOWN for each in observations if each.outcome is None)
    return Scoring(
        chosen=chosen,
        answers=len({each.request_id for each in observations}),
        scores=len(observations),
        ungraded=dict(sorted(ungraded.items())),
        judge_usd=judge_usd,
        most_usd=most_usd,
    )
