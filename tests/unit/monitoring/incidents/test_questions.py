"""Single questions at the edges: too few anchors, other judges, parts without names."""

from dataclasses import replace

import pytest

from evalgate.model.alarm import Signal
from evalgate.model.incident import Answer, IncidentClass
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import AnchorScore, Stream
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.incidents.questions import Seen
from evalgate.monitoring.incidents.triage import triaged
from tests.unit.monitoring.incidents.streams import (
    NOON,
    PROMPT,
    Day,
    alarm,
    anchors,
    seen,
)


def judged(*scores: AnchorScore) -> Answer:
    return triaged(alarm(), Seen(anchors=scores)).steps[0].answer


@pytest.mark.parametrize(
    ("moved", "answer"),
    [(0.0, Answer.NO), (0.01, Answer.NO), (0.04, Answer.YES), (0.3, Answer.YES)],
)
def test_anchors_that_fall_by_two_points_convict_the_judge(moved: float, answer: Answer) -> None:
    assert judged(*anchors(moved=moved)) is answer


def test_a_judge_that_became_kinder_does_not_explain_a_fall() -> None:
    assert judged(*anchors(moved=-0.2)) is Answer.NO


def test_two_anchors_are_too_few_and_one_side_is_none() -> None:
    two = [each for each in anchors(moved=0.3) if each.anchor in ("anchor-0", "anchor-1")]
    assert judged(*two) is Answer.UNKNOWN
    early = [each for each in anchors(moved=0.3) if each.ts < NOON]
    assert judged(*early) is Answer.UNKNOWN


def test_anchors_of_another_criterion_say_nothing() -> None:
    other = [replace(each, criterion="tone") for each in anchors(moved=0.3)]
    assert judged(*other) is Answer.UNKNOWN


def test_a_judge_alarm_needs_no_anchors() -> None:
    found = triaged(alarm(Signal.JUDGE), Seen())
    assert found.kind is IncidentClass.JUDGE_DRIFT
    assert len(found.steps) == 1


def test_every_question_names_the_figures_and_where_it_leads() -> None:
    for step in triaged(alarm(), seen(Day(worse=lambda _: 0.1))).steps:
        assert step.figures.endswith(".")
        assert step.leads_to


def test_one_late_provider_is_found_among_calls_by_latency() -> None:
    slow = Objective(name="slow", level=Level.LATENCY, target=0.9, threshold=800)

    def minute(start: float, provider: str, late: int) -> Minute:
        place = Place(prompt=PROMPT, provider=provider, route=provider)
        return Minute(start=start, place=place, tally=Tally(calls=100, late={800: late}))

    minutes = [
        minute(start, provider, 60 if start >= NOON and provider == "bedrock" else 5)
        for start in (NOON - 120, NOON - 60, NOON, NOON + 60)
        for provider in ("direct", "bedrock")
    ]
    burn = alarm(Signal.BURN, stream=Stream(prompt=PROMPT, criterion="slow"))
    found = triaged(burn, Seen(minutes=minutes, objectives=(slow,)))
    assert found.kind is IncidentClass.LATENCY
    assert (found.suspects[0].kind, found.suspects[0].subject) == ("provider", "bedrock")


def test_an_alarm_about_all_prompts_is_common_to_all() -> None:
    found = triaged(alarm(stream=Stream(prompt="", criterion="accuracy")), Seen())
    assert found.steps[1].answer is Answer.YES


def test_anchors_that_go_up_and_down_convict_nobody() -> None:
    lower = (-0.3, 0.25, -0.3, 0.25, -0.3, 0.25, -0.3, 0.25)
    scores = [
        AnchorScore(ts=ts, anchor=f"a{number}", criterion="accuracy", judge="j", outcome=outcome)
        for number, move in enumerate(lower)
        for ts, outcome in ((NOON - 60, 0.5), (NOON + 60, 0.5 + move))
    ]
    assert judged(*scores) is Answer.NO


def test_a_few_answers_of_another_version_are_named_as_too_few_and_not_as_none() -> None:
    day = seen(Day(worse=lambda _: 0.1))
    few = [replace(each, version="v9") for each in day.observations[-3:]]
    told = triaged(alarm(), replace(day, observations=(*day.observations[:-3], *few))).steps
    one = next(step.figures for step in told if "version v" in step.figures)
    assert one == "Nearly all of it is version v2: too little else to compare."
