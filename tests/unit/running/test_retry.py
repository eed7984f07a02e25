"""Facts about which failures are tried again, after which pause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import CallFailure, FailureKind
from evalgate.running.retry import FIRST_PAUSE, LONGEST_PAUSE, RETRIES, STOPS_RUN, pause

PASSING = [
    FailureKind.CONNECTION,
    FailureKind.CUT,
    FailureKind.TIMEOUT,
    FailureKind.RATE_LIMIT,
    FailureKind.OVERLOADED,
    FailureKind.SERVER,
    FailureKind.WORKER_LOST,
]


def failure(kind: FailureKind, retry_after: float | None = None) -> CallFailure:
    return CallFailure(kind=kind, message="", retry_after=retry_after)


def seconds(kind: FailureKind, *, attempts: int = 1, alike: int = 1) -> float | None:
    return pause(failure(kind), attempts=attempts, alike=alike, random=lambda: 1.0)


def test_every_kind_of_failure_has_a_row() -> None:
    assert set(RETRIES) == set(FailureKind)


@pytest.mark.parametrize("kind", PASSING)
def test_what_may_pass_is_tried_again_however_often_it_came(kind: FailureKind) -> None:
    assert seconds(kind, attempts=50, alike=50) == LONGEST_PAUSE


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - {*PASSING, FailureKind.MALFORMED}))
def test_what_would_fail_again_is_not_tried_again(kind: FailureKind) -> None:
    assert seconds(kind) is None


def test_a_malformed_answer_is_asked_for_once_more_and_no_further() -> None:
    assert seconds(FailureKind.MALFORMED, attempts=1, alike=1) is not None
    assert seconds(FailureKind.MALFORMED, attempts=3, alike=1) is not None
    assert seconds(FailureKind.MALFORMED, attempts=3, alike=2) is None


def test_what_stops_a_run_is_never_tried_again() -> None:
    assert {FailureKind.AUTHENTICATION, FailureKind.SPEND_LIMIT} < STOPS_RUN
    assert {RETRIES[kind] for kind in STOPS_RUN} == {0}


def test_pauses_double_up_to_a_limit() -> None:
    pauses = [seconds(FailureKind.SERVER, attempts=n) for n in range(1, 9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_half_of_a_pause_is_chance() -> None:
    least = pause(failure(FailureKind.SERVER), attempts=3, alike=1, random=lambda: 0.0)
    assert least == 1.0


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True), st.floats(0, 10**6))
def test_a_pause_is_never_shorter_than_the_server_asked_for_nor_without_end(
    attempts: int, chance: float, asked: float
) -> None:
    found = pause(
        failure(FailureKind.RATE_LIMIT, asked), attempts=attempts, alike=1, random=lambda: chance
    )
    assert found is not None
    assert asked + FIRST_PAUSE / 2 <= found <= asked + LONGEST_PAUSE
