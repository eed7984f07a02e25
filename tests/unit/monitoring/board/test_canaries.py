"""Facts about both arms of a prompt beside each other."""

from evalgate.model.call import Arm
from evalgate.model.observation import Observation
from evalgate.model.traffic import Place, Tally
from evalgate.monitoring.board.canaries import canaries_of

PLACES = {
    Place(prompt="p", version="v1", feature="a"): Tally(calls=90, smelling=9),
    Place(prompt="p", version="v1", feature="b"): Tally(calls=10),
    Place(prompt="p", version="v2", arm=Arm.CANARY): Tally(calls=5, smelling=1),
    Place(prompt="q", version="v7"): Tally(calls=50),
}


def score(outcome: float | None, *, arm: Arm = Arm.CANARY, probability: float = 1.0) -> Observation:
    return Observation(
        ts=1.0, request_id="r", criterion="c", outcome=outcome, prompt="p", arm=arm,
        probability=probability,
    )  # fmt: skip


def test_a_prompt_without_a_canary_is_not_told() -> None:
    (only,) = canaries_of(PLACES, [])
    assert (only.prompt, only.stable.versions, only.canary.versions) == ("p", ("v1",), ("v2",))
    assert (only.stable.figures.calls, only.stable.smelling) == (100, 9)
    assert (only.canary.figures.calls, only.canary.smelling) == (5, 1)


def test_scores_are_weighted_by_one_over_their_chance() -> None:
    scores = [score(1.0, probability=0.1), score(0.0), score(0.0), score(None)]
    (only,) = canaries_of(PLACES, scores)
    (told,) = only.canary.scores
    assert (told.n, told.mean) == (3, 10 / 12)


def test_both_arms_name_the_same_criteria() -> None:
    (only,) = canaries_of(PLACES, [score(0.5, arm=Arm.STABLE)])
    assert [(each.criterion, each.n, each.mean) for each in only.stable.scores] == [("c", 1, 0.5)]
    assert [(each.criterion, each.n, each.mean) for each in only.canary.scores] == [("c", 0, None)]
