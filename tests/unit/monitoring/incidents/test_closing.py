"""An incident ends with a cause, and with a case that tells the bad version from the good one."""

from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.model.incident import LearnedCase, Scope, Status, Suspect
from evalgate.monitoring.incidents.closing import (
    CaseTrial,
    Ending,
    NamedCase,
    Versions,
    closed,
    learned,
    newness,
    versions_of,
)
from evalgate.monitoring.incidents.following import DONE, with_result, with_sent, with_status
from tests.unit.monitoring.incidents.records import ANN, an_incident

CASE = NamedCase(evalset="s", case="c", is_new=True)
BOTH = Versions(bad="v2", good="v1")
WHY = Ending(root_cause="  v2 lost a sentence ", contributing=("no case",), follow_ups=("add",))
PROVEN = LearnedCase(evalset="s", case="c", proof="proven", note="…")


def trials(bad: tuple[bool | None, ...], good: tuple[bool | None, ...]) -> list[CaseTrial]:
    told = [("v2", each) for each in bad] + [("v1", each) for each in good]
    noise = [
        CaseTrial(version="v2", evalset="s", case="other", passed=True),
        CaseTrial(version="v1", evalset="t", case="c", passed=False),
        CaseTrial(version="v3", evalset="s", case="c", passed=True),
    ]
    own = [CaseTrial(version=v, evalset="s", case="c", passed=passed) for v, passed in told]
    return [*noise, *own]


def test_a_case_that_fails_before_and_passes_after_is_proven() -> None:
    shown = learned(CASE, trials((False, False, None), (True, True)), BOTH, unproven="")
    assert (shown.proof, shown.note) == ("proven", "v2 passes 0 of 2, v1 2 of 2 trials")


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ((True, True), (True, True)),
        ((False, False), (False, False)),
        ((True, True), (False, False)),
        ((False, True), (True, True)),
        ((False, False), (True, False)),
    ],
)
def test_a_case_that_does_not_tell_them_apart_is_none(
    bad: tuple[bool, ...], good: tuple[bool, ...]
) -> None:
    with pytest.raises(UsageError, match="does not tell the bad version"):
        learned(CASE, trials(bad, good), BOTH, unproven="")


def test_without_graded_trials_of_both_nothing_is_shown() -> None:
    for bad, good, lacking in (((), (True,), "v2"), ((False,), (None,), "v1")):
        with pytest.raises(UsageError, match=f"what {lacking} makes"):
            learned(CASE, trials(bad, good), BOTH, unproven="")
    with pytest.raises(UsageError, match="--bad"):
        learned(CASE, trials((False,), (True,)), Versions(bad="v2"), unproven="")


def test_what_cannot_be_shown_is_said_with_the_reason() -> None:
    shown = learned(CASE, [], Versions(), unproven="the provider was to blame")
    assert (shown.proof, shown.note) == ("unproven", "the provider was to blame")


def test_an_old_case_or_an_unfinished_draft_closes_nothing_not_even_unproven() -> None:
    proof = trials((False,), (True,))
    for case, told in (
        (replace(CASE, is_new=False), "was in the eval set before"),
        (replace(CASE, is_finished=False), "FILL IN"),
    ):
        for unproven in ("", "because"):
            with pytest.raises(UsageError, match=told):
                learned(case, proof, BOTH, unproven=unproven)
    assert learned(replace(CASE, is_new=None), proof, BOTH, unproven="").proof == "proven"


def test_closing_tells_times_and_cause_and_whom_to_tell() -> None:
    incident = with_sent(with_result(an_incident(), "rollback", DONE, ANN), "team", ANN)
    later = replace(ANN, at=ANN.at + 3600.0)
    made = closed(incident, WHY, (PROVEN,), later)
    closure = made.closure
    assert made.status is Status.CLOSED
    assert closure is not None
    assert (closure.root_cause, closure.by) == ("v2 lost a sentence", "Ann")
    assert (closure.minutes_to_detect, closure.minutes_to_mitigate) == (121.0, 5.0)
    assert (closure.cases, closure.follow_ups) == ((PROVEN,), ("add",))
    assert made.history[-1].what == "closed with s:c (proven)"
    assert [each.audience for each in made.communication if each.due] == ["team"]
    assert next(each for each in made.actions if each.id == "close").is_done


def test_what_was_resolved_before_is_announced_once() -> None:
    incident = with_sent(with_status(an_incident(), Status.RESOLVED, ANN), "team", ANN)
    made = closed(incident, WHY, (PROVEN,), ANN)
    assert not [each for each in made.communication if each.due]
    assert made.closure is not None
    assert made.closure.minutes_to_mitigate == 5.0


def test_no_cause_no_case_and_no_second_end() -> None:
    incident = an_incident()
    with pytest.raises(UsageError, match="root-cause"):
        closed(incident, replace(WHY, root_cause=" "), (PROVEN,), ANN)
    with pytest.raises(UsageError, match="at least one new golden case"):
        closed(incident, WHY, (), ANN)
    assert closed(replace(incident, drill=True), WHY, (), ANN).closure is not None
    with pytest.raises(UsageError, match="closed already"):
        closed(closed(incident, WHY, (PROVEN,), ANN), WHY, (PROVEN,), ANN)


def test_the_versions_come_from_the_suspects_and_else_from_the_scope() -> None:
    incident = an_incident()
    assert versions_of(incident) == Versions(bad="v2", good="old")
    weight = Suspect(kind="weight", subject="p", before="no canary", after="v3 at 25 %")
    assert versions_of(replace(incident, suspects=(weight,))) == Versions(bad="v3")
    bare = replace(incident, suspects=(), scope=Scope(version="v7"))
    assert versions_of(bare) == Versions(bad="v7")


def test_new_is_neither_the_name_nor_the_question_of_an_old_case() -> None:
    earlier = {"a": {"q": "x"}}
    assert newness("b", {"q": "y"}, earlier=earlier) is True
    assert newness("a", {"q": "y"}, earlier=earlier) is False
    assert newness("b", {"q": "x"}, earlier=earlier) is False
    assert newness("b", {"q": "x"}, earlier=None) is None
    assert newness("b", {"q": "x"}, earlier={}) is True
