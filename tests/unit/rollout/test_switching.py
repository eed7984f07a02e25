"""Facts about switching by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.model.prompt import Switch
from evalgate.rollout.switching import Switching, switched
from tests.unit.rollout.asked import prompt
from tests.unit.rollout.by_hand import ANN, HISTORY, THREE, shop, switch

ASKED = st.builds(
    Switching,
    version=st.sampled_from([None, "v1", "v2", "v3", "v4"]),
    disabled=st.sampled_from([None, True, False]),
    model=st.sampled_from([None, "", "claude-haiku-5-5"]),
    ungated=st.just(True),
).filter(lambda asked: not asked.is_nothing)


def test_a_version_that_was_stable_gets_all_of_the_traffic_at_once() -> None:
    made = switch(Switching(version="v1"))
    assert (made.pointer.stable, made.said) == (
        "v1",
        ("v1 of p gets all of the traffic in place of v3",),
    )
    assert made.pointer.history[-1].why == "replies are wrong"


def test_a_switch_ends_any_canary_and_says_so() -> None:
    live = f"stable: v3\ncanary: {{version: v4, percent: 5}}\n{HISTORY}"
    for version in ("v2", "v3"):
        made = switch(Switching(version=version), live)
        assert (made.pointer.stable, made.pointer.canary) == (version, None)
        assert made.said[0].endswith(", and the canary is ended")
        assert made.pointer.history[-1].why == "ends the canary v4 (5 %): replies are wrong"


def test_the_kill_switch_leaves_version_and_canary_alone() -> None:
    live = f"stable: v3\ncanary: {{version: v4, percent: 5}}\n{HISTORY}"
    made = switch(Switching(disabled=True), live)
    assert (made.pointer.stable, made.pointer.canary) == ("v3", made.before.canary)
    assert made.pointer.switch == Switch(disabled=True)
    assert made.said == ("p is switched off: no version of it is served",)


def test_a_model_and_a_kill_switch_are_set_and_taken_away_apart_from_each_other() -> None:
    live = f"stable: v3\nswitch: {{disabled: true, model: claude-opus-5-5}}\n{HISTORY}"
    assert switch(Switching(model=""), live).pointer.switch == Switch(disabled=True)
    made = switch(Switching(disabled=False), live)
    assert made.pointer.switch == Switch(model="claude-opus-5-5")
    assert made.remarks == (
        "The switch sends all traffic to the model claude-opus-5-5, which the gate does not test.",
    )


def test_a_version_that_was_never_stable_is_sent_to_the_gate() -> None:
    with pytest.raises(UsageError, match=r"evalgate promote p v4 --percent 5.*--ungated"):
        switch(Switching(version="v4"))


def test_a_version_without_a_gate_is_written_down_as_such() -> None:
    made = switch(Switching(version="v4", ungated=True))
    assert made.pointer.history[-1].why == "ungated: replies are wrong"
    assert "has not passed the gate" in made.remarks[0]
    again = replace(shop(), live=replace(made.pointer, stable="v3"))
    with pytest.raises(UsageError, match="was never stable"):
        switched(again, Switching(version="v4"), ANN)


@pytest.mark.parametrize("changes", [{"is_named": False}, {"why": ""}, {"by": ""}])
def test_somebody_answers_for_a_version_without_a_gate(changes: dict[str, str | bool]) -> None:
    signature = replace(ANN, **changes)  # type: ignore[arg-type] # the fields that are lacking
    with pytest.raises(UsageError, match="who answers for a version"):
        switch(Switching(version="v4", ungated=True), signature=signature)


def test_a_version_that_is_not_there_is_refused_though_the_history_names_it() -> None:
    with pytest.raises(UsageError, match="has no version `v3`"):
        switched(prompt(THREE, "v1", "v2"), Switching(version="v3"), ANN)


def test_nothing_is_no_switch() -> None:
    with pytest.raises(UsageError, match="say what to switch"):
        switch(Switching())


def test_where_nothing_is_stable_only_a_version_can_be_switched_to() -> None:
    with pytest.raises(UsageError, match="names no stable version"):
        switch(Switching(disabled=True), "stable: null\n")
    made = switch(Switching(version="v1", ungated=True), "")
    assert [move.stable for move in made.pointer.history] == ["v1"]


@given(ASKED)
def test_a_switch_does_what_is_asked_and_the_history_only_grows(asked: Switching) -> None:
    made = switch(asked)
    assert made.pointer.stable == asked.version or asked.version is None
    assert made.pointer.history[:3] == made.before.history
    assert len(made.pointer.history) == 3 + (not made.is_done)


@given(ASKED)
def test_the_same_switch_again_is_nothing_to_do(asked: Switching) -> None:
    once = switch(asked)
    again = switched(replace(shop(), live=once.pointer), asked, ANN)
    assert again.is_done
