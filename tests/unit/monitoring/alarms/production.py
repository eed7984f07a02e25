"""Made-up production whose quality is known: scores, and where and when they change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import Freezing, Period, freeze

START = 1_800_000_000.0
DAY = 86_400.0
EVERY = 60.0
"""Seconds between two scored answers."""

JUDGE = "claude-haiku-5-5/1f2e"

Outcome = Callable[[Observation, Random], float]


@dataclass(frozen=True, slots=True)
class Graded:
    """Scores around a mean, cut off at 0 and 1."""

    mean: float = 0.85
    sd: float = 0.08

    def __call__(self, _: Observation, draws: Random) -> float:
        return min(1.0, max(0.0, draws.gauss(self.mean, self.sd)))


@dataclass(frozen=True, slots=True)
class Passing:
    """Passes and failures."""

    rate: float = 0.9

    def __call__(self, _: Observation, draws: Random) -> float:
        return float(draws.random() < self.rate)


def at(number: int) -> float:
    """Return when the answer of a number was given."""
    return START + EVERY * number


def production(
    number: int,
    outcome: Outcome,
    *,
    seed: int = 0,
    criterion: str = "accuracy",
    shape: Callable[[Observation, int, Random], Observation] | None = None,
) -> list[Observation]:
    """Return scored answers, one a minute.

    Args:
        number: how many.
        outcome: gives an answer its score.
        seed: the same one gives the same answers, and their features and providers, each time.
        criterion: what they were scored by.
        shape: changes where an answer came from, given its number.
    """
    places = Random(f"{seed} places")  # noqa: S311 - draws of a test
    draws = Random(f"{seed} {criterion}")  # noqa: S311 - draws of a test
    found = []
    for each in range(number):
        score = replace(_placed(each, places), criterion=criterion)
        score = shape(score, each, places) if shape else score
        found.append(replace(score, outcome=outcome(score, draws)))
    return found


def _placed(number: int, draws: Random) -> Observation:
    """Return an answer without its score, of one of two features and one of three providers."""
    feature = "search" if draws.random() < 0.5 else "chat"
    provider = ("east", "east", "west", "south")[draws.randrange(4)]
    return Observation(
        ts=at(number),
        request_id=f"r{number:06}",
        criterion="",
        outcome=None,
        prompt="answers",
        version="v3",
        feature=feature,
        route=f"{provider}-1",
        provider=provider,
        model="claude-sonnet-5-5",
        probability=0.01,
        judge=JUDGE,
    )


def baselines_of(
    observations: Sequence[Observation], *, until: float, frozen: float | None = None
) -> tuple[QualityBaseline, ...]:
    """Return what is frozen of the scores up to an instant."""
    periods = {each.prompt: Period(since=0.0, until=until) for each in observations}
    freezing = Freezing(at=until if frozen is None else frozen, by="test", reason="", max_drop=0.05)
    return tuple(freeze(observations, periods, freezing).baselines)


def anchored(
    days: int,
    *,
    anchors: int = 20,
    shift: Callable[[int], float] = lambda _: 0.0,
    judge: Callable[[int], str] = lambda _: JUDGE,
    noise: float = 0.02,
) -> list[AnchorScore]:
    """Return daily scores of anchors.

    Args:
        days: how many, from the start on.
        anchors: how many are scored each day.
        shift: what the judge adds on a day.
        judge: who scores on a day.
        noise: the deviation of a score that is given again.
    """
    draws = Random(7)  # noqa: S311 - draws of a test
    own = [draws.uniform(0.3, 0.95) for _ in range(anchors)]
    return [
        AnchorScore(
            ts=START + day * DAY + each,
            anchor=f"a{each}",
            criterion="accuracy",
            judge=judge(day),
            outcome=min(1.0, max(0.0, own[each] + shift(day) + draws.gauss(0, noise))),
        )
        for day in range(days)
        for each in range(anchors)
    ]
