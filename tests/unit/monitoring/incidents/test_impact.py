"""Whom an incident concerns is counted, and unknown where nothing tells."""

from dataclasses import replace

import pytest

from evalgate.model.incident import Impact
from evalgate.model.observation import Observation, Stream
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.incidents.impact import MOST_CALLS, Affected, impact_of, worst_calls
from tests.unit.monitoring.incidents.streams import NOON, PROMPT, alarm


def minute(
    start: float, *, feature: str = "chat", prompt: str = PROMPT, cost: float = 1.0
) -> Minute:
    place = Place(prompt=prompt, feature=feature, version="v2")
    return Minute(start=start, place=place, tally=Tally(calls=100, cost_usd=cost))


MINUTES = [
    minute(NOON - 600),
    minute(NOON, cost=1.5),
    minute(NOON + 60, feature="mail", cost=1.5),
    minute(NOON + 60, prompt="other"),
]


def test_calls_since_the_change_are_counted_and_features_named() -> None:
    made = impact_of(alarm(), MINUTES, Affected(calls=7, users=3), budget_spent=0.5)
    assert made == Impact(
        calls=200,
        users=3,
        share=1.0,
        features=("chat", "mail"),
        cost_delta_usd=1.0,
        error_budget_spent=0.5,
    )


def test_a_narrower_alarm_concerns_its_share() -> None:
    mail = alarm(stream=Stream(prompt=PROMPT, criterion="accuracy", feature="mail"))
    made = impact_of(mail, MINUTES, Affected())
    assert (made.calls, made.share, made.features) == (100, 0.5, ("mail",))


def test_the_minute_of_the_change_itself_counts() -> None:
    assert impact_of(alarm(began=NOON + 59), MINUTES, Affected()).calls == 200


def test_what_is_not_known_is_none_and_never_zero() -> None:
    assert impact_of(alarm(), [], Affected()) == Impact()
    assert impact_of(alarm(), [], Affected(calls=7)).calls == 7
    unpriced = replace(MINUTES[1], tally=Tally(calls=100, unpriced=100))
    assert impact_of(alarm(), [MINUTES[0], unpriced], Affected()).cost_delta_usd is None


def score(number: int, outcome: float | None, **changes: object) -> Observation:
    made = Observation(
        ts=NOON + number,
        request_id=f"r{number}",
        criterion="accuracy",
        outcome=outcome,
        prompt=PROMPT,
        feature="chat",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # its fields


def test_the_worst_answers_are_named_first_and_good_ones_not_at_all() -> None:
    every = [
        score(1, 0.5),
        score(2, 0.1),
        score(3, 0.95),
        score(4, None),
        score(5, 0.0, ts=NOON - 1),
        score(6, 0.0, criterion="tone"),
        score(7, 0.0, prompt="other"),
        score(8, 0.0, feature="mail"),
    ]
    stream = Stream(prompt=PROMPT, criterion="accuracy", feature="chat")
    assert worst_calls(every, alarm(stream=stream)) == ("r2", "r1")


def test_a_few_are_enough() -> None:
    assert len(worst_calls([score(n, 0.0) for n in range(100)], alarm())) == MOST_CALLS


@pytest.mark.parametrize("baseline", [None, 0.9])
def test_an_answer_above_the_baseline_is_no_evidence(baseline: float | None) -> None:
    named = worst_calls([score(1, 0.95)], alarm(baseline=baseline))
    assert named == (() if baseline else ("r1",))
