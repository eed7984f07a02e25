"""Facts about the pause before a retry."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.serving import RetryRules
from evalgate.runtime.failover.backoff import pause

RULES = RetryRules(pause=1.0, longest_pause=5.0)


def paused(retries: int, *, draw: float = 1.0, after: float | None = None) -> float | None:
    return pause(RULES, retries, retry_after=after, room=100.0, draw=lambda: draw)


def test_it_doubles_up_to_the_longest() -> None:
    assert [paused(retries) for retries in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert paused(10**9) == 5.0


def test_half_of_it_is_drawn() -> None:
    assert paused(1, draw=0.0) == 1.0
    assert paused(1, draw=0.5) == 1.5


@given(st.floats(0, 99), st.floats(0, 0.999))
def test_what_the_server_named_is_never_undercut(after: float, draw: float) -> None:
    seconds = paused(0, draw=draw, after=after)
    assert seconds is None or seconds > after


def test_a_pause_that_does_not_fit_is_none() -> None:
    assert pause(RULES, 0, retry_after=2.0, room=3.0, draw=lambda: 1.0) == 3.0
    assert pause(RULES, 0, retry_after=2.0, room=2.99, draw=lambda: 1.0) is None
    assert paused(0, after=float("inf")) is None


def test_a_server_that_names_the_past_is_paused_for_as_usual() -> None:
    assert paused(0, after=-5.0) == 1.0
