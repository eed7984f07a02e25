"""Facts about what a host does otherwise, and until when."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.rollout.overriding import (
    Overriding,
    Term,
    instant,
    read_term,
    valid_at,
    with_prompt,
    with_route,
    without_prompt,
    without_route,
)
from evalgate.rollout.switching import Switching
from tests.unit.rollout.by_hand import ANN, HISTORY, THREE, shop

NOW = 1_795_255_200.0
TERM = Term(now=NOW, until=NOW + 7200)
OLD = Override(
    prompts={
        "p": PromptOverride(until=NOW + 60, switch=Switch(model="claude-opus-5-5"), by="Bo"),
        "q": PromptOverride(until=NOW - 1, version="v1"),
    },
    routes={"eu": RouteOverride(until=NOW, state=Forced.OPEN)},
)


def override(asked: Switching, old: Override = OLD, live: str = THREE) -> Overriding:
    return with_prompt(old, shop(live), asked, signature=ANN, term=TERM)


@pytest.mark.parametrize(
    ("text", "seconds"), [("1m", 60), ("90m", 5400), ("2h", 7200), ("7d", 604_800)]
)
def test_a_span_is_minutes_hours_or_days(text: str, seconds: int) -> None:
    assert read_term(text, now=NOW) == Term(now=NOW, until=NOW + seconds)


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "-1h", "8d", "169h", "1.5h", "2h ", "٢h"])
def test_what_is_no_span_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="at most 7d"):
        read_term(text, now=NOW)


def test_an_instant_is_written_in_utc() -> None:
    assert instant(NOW + 0.9) == "2026-11-21T10:00:00Z"


def test_an_override_adds_to_what_is_in_force_and_drops_what_has_expired() -> None:
    made = override(Switching(version="v2"))
    assert made.override.prompts == {
        "p": PromptOverride(
            until=TERM.until,
            version="v2",
            switch=Switch(model="claude-opus-5-5"),
            by="Ann",
            why="replies are wrong",
        )
    }
    assert made.override.routes == {}
    assert made.said == (
        "Until 2026-11-21T12:00:00Z this host serves p v2 to everybody, "
        "by the model claude-opus-5-5"
    )


def test_an_override_that_says_nothing_any_more_is_gone() -> None:
    assert override(Switching(model="")).override.prompts == {}


def test_the_kill_switch_of_a_host_says_that_nothing_is_served() -> None:
    made = override(Switching(disabled=True))
    assert made.override.prompts["p"].switch == Switch(disabled=True, model="claude-opus-5-5")
    assert made.said.endswith("this host serves p not at all: it is switched off")


@pytest.mark.parametrize("asked", [Switching(disabled=False), Switching(model="")])
def test_what_is_deployed_cannot_be_taken_away_by_an_override(asked: Switching) -> None:
    live = f"stable: v3\nswitch: {{disabled: true, model: claude-opus-5-5}}\n{HISTORY}"
    with pytest.raises(UsageError, match="leave --on-host out"):
        override(asked, live=live)


def test_a_version_that_was_never_stable_needs_the_same_words_on_a_host() -> None:
    with pytest.raises(UsageError, match="--ungated"):
        override(Switching(version="v4"))
    made = override(Switching(version="v4", ungated=True))
    assert made.override.prompts["p"].version == "v4"


def test_nothing_is_no_override() -> None:
    with pytest.raises(UsageError, match="say what to switch"):
        override(Switching())


def test_a_prompt_is_served_as_deployed_again() -> None:
    assert without_prompt(OLD, "p", now=NOW).override == Override()
    assert without_prompt(OLD, "q", now=NOW).override.prompts.keys() == {"p"}


def test_a_route_is_held_and_given_free() -> None:
    held = with_route(OLD, "direct", Forced.OPEN, signature=ANN, term=TERM)
    assert held.override.routes == {
        "direct": RouteOverride(
            until=TERM.until, state=Forced.OPEN, by="Ann", why="replies are wrong"
        )
    }
    assert held.said.endswith("sends nothing over the route direct")
    again = with_route(held.override, "direct", Forced.CLOSED, signature=ANN, term=TERM)
    assert again.override.routes["direct"].state is Forced.CLOSED
    assert "ignores the breaker of the route" in again.said
    assert without_route(again.override, "direct", now=NOW).override.routes == {}


@pytest.mark.parametrize("name", ["", " "])
def test_every_route_has_a_name(name: str) -> None:
    with pytest.raises(UsageError, match=r"route: expected its name in runtime\.yml"):
        with_route(OLD, name, Forced.OPEN, signature=ANN, term=TERM)


@given(st.floats(NOW - 100, NOW + 100), st.floats(NOW - 100, NOW + 100))
def test_what_has_expired_is_gone_at_its_instant_and_not_before(until: float, now: float) -> None:
    old = replace(OLD, prompts={"p": PromptOverride(until=until, version="v1")}, routes={})
    assert (valid_at(old, now) == old) is (until > now)
