"""A change is suspect by how near it was, and by how well it fits what fell."""

from dataclasses import replace

import pytest

from evalgate.model.incident import Suspect
from evalgate.model.traffic import Change
from evalgate.monitoring.incidents.beginning import ToldBy
from evalgate.monitoring.incidents.suspecting import (
    LOOK_BACK,
    MOST_SUSPECTS,
    SLACK,
    Findings,
    suspects_of,
)
from tests.unit.monitoring.incidents.streams import NOON, alarm, change

OWN = change("prompt", to="v3")
SDK = change("sdk", "sdk", to="anthropic/3")


def first(found: Findings, *changes: Change) -> Suspect:
    return suspects_of(changes, found, alarm=alarm())[0]


def test_the_shares_of_the_suspicion_are_one_and_fall() -> None:
    told = suspects_of([OWN, SDK], Findings(), alarm=alarm())
    weights = [each.weight for each in told]
    assert sum(weights) == pytest.approx(1.0, abs=0.01)
    assert weights == sorted(weights, reverse=True)


def test_the_lead_is_told_in_minutes_before_the_first_bad_answers() -> None:
    assert first(Findings(), OWN).lead_minutes == 5.0
    assert "5 min before" in first(Findings(), OWN).why
    later = replace(OWN, ts=NOON + 600)
    assert first(Findings(), later).lead_minutes == -10.0
    assert "10 min after" in first(Findings(), later).why
    earlier = replace(OWN, ts=NOON - 52_000)
    told = [each.why for each in suspects_of([earlier], Findings(), alarm=alarm())]
    assert any(why.startswith("14 h 27 min before") for why in told)


def test_what_is_long_past_or_too_late_is_no_suspect() -> None:
    near = alarm(raised=NOON + 600)
    for ts in (NOON - LOOK_BACK - 1, NOON + SLACK + 1):
        told = suspects_of([replace(OWN, ts=ts)], Findings(), alarm=near)
        assert [each.kind for each in told] == ["provider"]
    assert len(suspects_of([replace(OWN, ts=NOON - LOOK_BACK)], Findings(), alarm=near)) == 2


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (Findings(is_common=True), "sdk"),
        (Findings(is_common=False), "prompt"),
        (Findings(alone={"version": "v3"}), "prompt"),
        (Findings(alone={"version": "v9"}), "sdk"),
        (Findings(mix="feature"), "traffic"),
        (Findings(judge="another judge"), "judge"),
        (Findings(alone={"provider": "bedrock"}), "provider"),
    ],
)
def test_the_findings_decide_between_changes_of_the_same_minute(found: Findings, kind: str) -> None:
    assert first(found, OWN, SDK).kind == kind


def test_a_model_is_suspected_only_where_it_is_the_one_that_fell() -> None:
    model = change("model", to="m2")
    assert first(Findings(alone={"model": "m2"}), OWN, model).kind == "model"
    assert first(Findings(alone={"model": "m1", "version": "v3"}), OWN, model).kind == "prompt"


def test_changes_of_another_prompt_are_not_even_listed() -> None:
    told = suspects_of([change("prompt", "other", to="v9")], Findings(), alarm=alarm())
    assert [each.kind for each in told] == ["provider"]


def test_a_provider_that_is_named_by_a_change_outweighs_one_that_is_only_named_by_its_part() -> (
    None
):
    named = change("provider", "bedrock", to="us-east-1")
    told = suspects_of([named], Findings(alone={"provider": "bedrock"}), alarm=alarm())
    assert (told[0].after, told[1].ts) == ("us-east-1", "")


def test_the_list_is_short_and_there_is_always_somebody() -> None:
    many = [replace(OWN, ts=NOON - minute) for minute in range(50)]
    assert len(suspects_of(many, Findings(), alarm=alarm())) == MOST_SUSPECTS
    assert len(suspects_of([], Findings(), alarm=alarm())) == 1


def guessed(*leads: float, raised: float = NOON + 36_000) -> list[float | None]:
    """Return the order of changes so many minutes before the instant that a person has named."""
    changes = [replace(OWN, ts=NOON - 60 * lead, after=f"v{lead}") for lead in leads]
    told = suspects_of(changes, Findings(), alarm=alarm(raised=raised), told_by=ToldBy.PERSON)
    return [each.lead_minutes for each in told if each.lead_minutes is not None]


def test_what_came_long_after_the_guess_of_a_person_stays_a_suspect() -> None:
    assert guessed(-540.0) == [-540.0]
    late = replace(OWN, ts=NOON + 32_400)
    measured = alarm(raised=NOON + 36_000)
    assert [each.kind for each in suspects_of([late], Findings(), alarm=measured)] == ["provider"]


def test_what_came_after_the_incident_was_opened_is_no_suspect_of_a_guess() -> None:
    assert guessed(-11.0, raised=NOON + 600) == []


def test_around_a_guess_the_nearer_change_comes_first_and_of_two_the_earlier() -> None:
    assert guessed(-30.0, 30.0, 5.0, -300.0) == [5.0, 30.0, -30.0, -300.0]
    assert guessed(-10.0, 600.0) == [-10.0, 600.0]
    assert guessed(-10.0, 20.0) == [20.0, -10.0]


def test_a_guess_of_some_days_ago_is_held_to_be_less_exact() -> None:
    days = NOON + 4 * 86_400
    (change, nobody) = suspects_of(
        [replace(OWN, ts=days - 3_600)], Findings(), alarm=alarm(raised=days), told_by=ToldBy.PERSON
    )
    assert (change.after, nobody.kind) == ("v3", "provider")
    assert change.weight > 0.3


def test_the_reason_says_that_a_person_has_named_the_time() -> None:
    told = suspects_of([OWN], Findings(), alarm=alarm(), told_by=ToldBy.PERSON)
    assert told[0].why == "5 min before it is said to have begun"


def test_where_nobody_knows_when_it_began_a_change_is_held_against_the_report() -> None:
    reported = alarm(began=NOON - 86_400, raised=NOON)
    told = suspects_of([OWN], Findings(), alarm=reported, told_by=ToldBy.NOBODY)
    assert (told[0].why, told[0].lead_minutes) == ("5 min before it was reported", None)


def test_after_the_scores_were_asked_a_change_is_held_against_the_fall() -> None:
    told = suspects_of([OWN], Findings(), alarm=alarm(), told_by=ToldBy.SCORES)
    assert told[0].why == "5 min before the answers seem to have changed"
