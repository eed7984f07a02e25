"""The tree of questions names what changed, and says where it cannot know."""

from collections.abc import Callable

import pytest

from evalgate.model.alarm import Signal, Urgency
from evalgate.model.incident import Answer, IncidentClass
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.incidents.questions import Seen
from evalgate.monitoring.incidents.triage import Triage, triaged
from tests.unit.monitoring.incidents.streams import (
    JUDGE,
    NOON,
    PROMPT,
    Day,
    alarm,
    anchors,
    change,
    minutes,
    observations,
    seen,
)

NOISE = (
    change("prompt", "ticket-triage", to="v9"),
    change("configuration", ".github/evalgate.yml", minutes_before=1000),
    change("application", "app_rev", minutes_before=1500, to="r2"),
)
"""Changes of the same days that have nothing to do with it."""


def own(lower: float) -> Callable[[Observation], float]:
    return lambda each: lower if each.prompt == PROMPT else 0.0


def answers(triage: Triage) -> dict[str, Answer]:
    return {step.question.split(":")[0].rstrip("?"): step.answer for step in triage.steps}


def test_a_new_version_that_all_get_is_named() -> None:
    day = Day(worse=own(0.1), version=lambda ts, _: "v3" if ts >= NOON else "v2")
    found = triaged(alarm(), seen(day, *NOISE, change("prompt", to="v3")))
    first = found.suspects[0]
    assert (first.kind, first.subject, first.after) == ("prompt", PROMPT, "v3")
    assert first.weight > 0.5
    assert found.kind is IncidentClass.QUALITY
    assert answers(found)["Did other prompts fall at the same time"] is Answer.NO


def test_a_canary_is_named_by_its_version_although_the_provider_changed_too() -> None:
    day = Day(
        worse=lambda each: 0.3 if each.version == "v3" and each.prompt == PROMPT else 0.0,
        version=lambda ts, draw: "v3" if ts >= NOON and draw.random() < 0.25 else "v2",
    )
    told = seen(
        day,
        *NOISE,
        change("provider", "bedrock-eu", minutes_before=1, to="breaker opened"),
        change("weight", to="v3 at 25 %", minutes_before=20),
    )
    found = triaged(alarm(), told)
    assert (found.suspects[0].kind, found.suspects[0].after) == ("weight", "v3 at 25 %")
    assert answers(found)["Is it one version of the prompt"] is Answer.YES
    assert answers(found)["Is it one provider"] is Answer.NO
    assert found.slices[0].name == "v3"
    assert found.slices[0].contribution == pytest.approx(1.0, abs=0.3)


def test_a_switch_of_the_model_is_named() -> None:
    def model(ts: float, _draw: object) -> str:
        return "claude-nano-5-5" if ts >= NOON else "claude-haiku-5-5"

    told = seen(
        Day(worse=own(0.1), model=model),
        *NOISE,
        change("prompt", minutes_before=400, to="v2"),
        change("model", to="claude-nano-5-5"),
    )
    found = triaged(alarm(), told)
    assert (found.suspects[0].kind, found.suspects[0].after) == ("model", "claude-nano-5-5")
    assert answers(found)["Is it one model"] is Answer.YES


def test_one_provider_is_named_with_a_change_and_without() -> None:
    day = Day(worse=lambda each: 0.2 if each.provider == "bedrock" else 0.0)
    for changes in ((), (change("prompt", to="v2"),), (change("sdk", "sdk", to="anthropic/3"),)):
        found = triaged(alarm(), seen(day, *NOISE, *changes))
        assert (found.suspects[0].kind, found.suspects[0].subject) == ("provider", "bedrock")
        assert answers(found)["Is it one provider"] is Answer.YES
        assert answers(found)["Did other prompts fall at the same time"] is Answer.YES
    named = change("provider", "bedrock-eu", to="us-east-1")
    found = triaged(alarm(), seen(day, *NOISE, named))
    assert found.suspects[0].after == "us-east-1"


def test_a_judge_that_moved_is_named_and_production_is_left_alone() -> None:
    day = Day(worse=lambda _: 0.1, version=lambda ts, _: "v3" if ts >= NOON else "v2")
    told = seen(day, *NOISE, change("prompt", to="v3"), anchors=anchors(moved=0.08))
    found = triaged(alarm(), told)
    assert found.kind is IncidentClass.JUDGE_DRIFT
    assert found.suspects[0].kind == "judge"
    assert found.suspects[0].weight > 0.5
    assert [step.answer for step in found.steps] == [Answer.YES]


def test_another_judge_without_anchors_is_suspected_and_not_convicted() -> None:
    judge = "claude-opus-5-5/ffff"
    day = Day(worse=lambda _: 0.1, judge=lambda ts: judge if ts >= NOON else JUDGE)
    told = seen(day, change("judge", "accuracy", to=judge), anchors=())
    found = triaged(alarm(), told)
    assert found.suspects[0].kind == "judge"
    assert found.kind is IncidentClass.QUALITY
    assert found.steps[0].answer is Answer.UNKNOWN


def test_a_shift_of_what_users_ask_is_no_fault_of_a_version() -> None:
    day = Day(level={"chat": 0.95, "mail": 0.6}, shares=(0.9, 0.1), later=(0.3, 0.7))
    found = triaged(alarm(), seen(day, *NOISE, change("prompt", minutes_before=90, to="v2")))
    assert (found.suspects[0].kind, found.suspects[0].subject) == ("traffic", "feature")
    assert answers(found)["Do users ask something else than before"] is Answer.YES


@pytest.mark.parametrize(
    ("kind", "subject", "to"),
    [
        ("sdk", "sdk", "anthropic/3.0.0"),
        ("application", "app_rev", "r2"),
        ("configuration", "prompts/runtime.yml", "0a1b2c3d4e5f"),
    ],
)
def test_what_all_prompts_share_is_named_where_all_fell(kind: str, subject: str, to: str) -> None:
    told = seen(Day(worse=lambda _: 0.1), change("prompt", to="v2"), change(kind, subject, to=to))
    found = triaged(alarm(), told)
    assert (found.suspects[0].kind, found.suspects[0].after) == (kind, to)
    assert answers(found)["Did other prompts fall at the same time"] is Answer.YES


def test_where_nothing_changed_the_provider_is_suspected_and_it_is_said_that_nothing_did() -> None:
    found = triaged(alarm(), seen(Day(worse=lambda _: 0.1)))
    assert found.suspects[0].kind == "provider"
    assert found.suspects[0].ts == ""
    assert "no change of ours" in found.suspects[0].why
    old = change("prompt", minutes_before=60 * 24 * 8, to="v2")
    assert triaged(alarm(), seen(Day(worse=lambda _: 0.1), old)).suspects == found.suspects


def test_what_was_changed_after_the_fall_is_no_suspect() -> None:
    late = change("prompt", to="v3", minutes_before=-100)
    assert all(
        each.after != "v3" for each in triaged(alarm(), seen(Day(worse=own(0.1)), late)).suspects
    )


def test_of_two_fitting_changes_the_nearer_one_is_likelier() -> None:
    told = seen(
        Day(worse=lambda _: 0.1),
        change("sdk", "sdk", minutes_before=600, to="anthropic/2.9"),
        change("application", "app_rev", minutes_before=10, to="r2"),
    )
    assert [each.kind for each in triaged(alarm(), told).suspects[:2]] == ["application", "sdk"]


def test_one_feature_is_found() -> None:
    day = Day(worse=lambda each: 0.2 if each.feature == "mail" and each.prompt == PROMPT else 0.0)
    found = triaged(alarm(), seen(day, *NOISE))
    assert answers(found)["Is it one feature of the application"] is Answer.YES
    assert (found.suspects[0].kind, found.suspects[0].subject) == ("application", "mail")


def test_broken_formats_and_refusals_change_the_class() -> None:
    day = Day(worse=own(0.1))
    assert triaged(alarm(), seen(day, minutes=minutes())).kind is IncidentClass.QUALITY
    assert triaged(alarm(), seen(day, minutes=minutes(malformed=0.2))).kind is IncidentClass.FORMAT
    refused = triaged(alarm(), seen(day, minutes=minutes(refused=0.2)))
    assert refused.kind is IncidentClass.REFUSAL_SPIKE


def test_a_burning_budget_is_walked_by_calls() -> None:
    up = Objective(name="up", level=Level.AVAILABILITY, target=0.999)
    burn = alarm(Signal.BURN, stream=Stream(prompt=PROMPT, criterion="up"), urgency=Urgency.PAGE)
    found = triaged(burn, Seen(minutes=minutes(failed=0.3), objectives=(up,)))
    assert found.kind is IncidentClass.OUTAGE
    assert found.steps[0].answer is Answer.NO
    assert answers(found)["Did errors, degraded answers or refusals rise too"] is Answer.YES
    assert found.slices[0].observed == pytest.approx(0.3)


def test_without_anything_to_look_at_every_answer_is_unknown_and_there_is_still_a_suspect() -> None:
    found = triaged(alarm(), Seen())
    assert {step.answer for step in found.steps} == {Answer.UNKNOWN}
    assert len(found.suspects) == 1


def test_the_same_evidence_leads_to_the_same_triage() -> None:
    day = Day(worse=own(0.1))
    told = seen(day, *NOISE)
    shuffled = Seen(
        observations=observations(day)[::-1], anchors=told.anchors, changes=told.changes[::-1]
    )
    assert triaged(alarm(), told) == triaged(alarm(), shuffled)


@pytest.mark.parametrize("seed", range(6))
def test_the_version_is_named_whatever_the_luck(seed: int) -> None:
    day = Day(seed=seed, worse=own(0.07), version=lambda ts, _: "v3" if ts >= NOON else "v2")
    found = triaged(alarm(), seen(day, *NOISE, change("prompt", to="v3")))
    assert found.suspects[0].after == "v3"
