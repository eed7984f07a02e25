"""Puts both arms of a prompt with a canary beside each other."""

from collections.abc import Iterable, Mapping, Sequence

from evalgate.model.board import ArmScore, ArmView, Canary
from evalgate.model.call import Arm
from evalgate.model.observation import Observation
from evalgate.model.traffic import Place, Tally
from evalgate.monitoring.board.figures import figures_of


def canaries_of(
    places: Mapping[Place, Tally], observations: Iterable[Observation]
) -> tuple[Canary, ...]:
    """Return the prompts whose canary was called, with both arms.

    Args:
        places: the calls that are shown, by place.
        observations: the scores of the same time. They are weighted by one over the chance with
            which each was chosen, for canaries are scored more often.
    """
    tallies: dict[tuple[str, Arm], Tally] = {}
    versions: dict[tuple[str, Arm], set[str]] = {}
    for place, tally in places.items():
        key = place.prompt, place.arm
        tallies.setdefault(key, Tally()).add(tally)
        versions.setdefault(key, set()).add(place.version)
    prompts = sorted(prompt for prompt, arm in tallies if arm is Arm.CANARY)
    scores = _scores([each for each in observations if each.prompt in prompts])

    def view(prompt: str, arm: Arm) -> ArmView:
        tally = tallies.get((prompt, arm), Tally())
        criteria = sorted({name for each, name, _ in scores if each == prompt})
        return ArmView(
            versions=tuple(sorted(versions.get((prompt, arm), ()))),
            figures=figures_of(tally),
            smelling=tally.smelling,
            scores=tuple(_score(scores, (prompt, name, arm)) for name in criteria),
        )

    return tuple(
        Canary(prompt=each, stable=view(each, Arm.STABLE), canary=view(each, Arm.CANARY))
        for each in prompts
    )


_Sums = Mapping[tuple[str, str, Arm], Sequence[float]]


def _scores(observations: Iterable[Observation]) -> _Sums:
    """Return by prompt, criterion and arm: the number, the weights, and the weighted outcomes."""
    sums: dict[tuple[str, str, Arm], list[float]] = {}
    for each in observations:
        found = sums.setdefault((each.prompt, each.criterion, each.arm), [0.0, 0.0, 0.0])
        if each.outcome is not None:
            weight = 1 / each.probability
            found[0] += 1
            found[1] += weight
            found[2] += weight * each.outcome
    return sums


def _score(sums: _Sums, key: tuple[str, str, Arm]) -> ArmScore:
    n, weights, outcomes = sums.get(key, (0.0, 0.0, 0.0))
    return ArmScore(criterion=key[1], n=int(n), mean=outcomes / weights if weights else None)
