"""Facts about the account of scoring."""

from evalgate.model.observation import Observation
from evalgate.monitoring.board.scoring_view import UNKNOWN, scoring_of


def score(request: str, criterion: str, outcome: float | None, cause: str = "") -> Observation:
    return Observation(
        ts=1.0, request_id=request, criterion=criterion, outcome=outcome, cause=cause
    )


def test_answers_scores_and_what_is_ungraded_are_counted_apart() -> None:
    scoring = scoring_of(
        [
            score("a", "x", 1.0),
            score("a", "y", None, "refused"),
            score("b", "x", None, "refused"),
            score("b", "y", None),
        ],
        chosen=7,
        judge_usd=0.5,
        most_usd=5.0,
    )
    assert (scoring.chosen, scoring.answers, scoring.scores) == (7, 2, 4)
    assert scoring.ungraded == {UNKNOWN: 1, "refused": 2}
    assert (scoring.judge_usd, scoring.most_usd) == (0.5, 5.0)
