"""Facts about leaving alone what failed."""

import pytest

from evalgate.adapters.outage import Outage


class Time:
    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def outage(time: Time) -> Outage:
    return Outage(now=time.now, first=1.0, longest=3.0, lease=0.5)


def test_what_works_is_always_asked(outage: Outage) -> None:
    assert all(outage.may_try() for _ in range(10))
    assert outage.failures == 0


def test_after_a_failure_nobody_asks_until_the_pause_is_over(outage: Outage, time: Time) -> None:
    outage.failed()
    time.seconds += 0.99
    assert not outage.may_try()
    time.seconds += 0.01
    assert outage.may_try()


def test_after_a_pause_one_tries_and_the_others_wait(outage: Outage, time: Time) -> None:
    outage.failed()
    time.seconds += 1
    assert [outage.may_try() for _ in range(3)] == [True, False, False]
    outage.is_over()
    assert all(outage.may_try() for _ in range(3))


def test_one_who_tries_and_is_never_heard_of_holds_up_nobody(outage: Outage, time: Time) -> None:
    outage.failed()
    time.seconds += 1
    assert outage.may_try()
    time.seconds += 0.5
    assert outage.may_try()


def test_pauses_double_up_to_the_longest(outage: Outage, time: Time) -> None:
    outage.failed()
    pauses = []
    for _ in range(4):
        began = time.seconds
        while not outage.may_try():
            time.seconds += 0.25
        pauses.append(time.seconds - began)
        outage.failed()
    assert pauses == [1.0, 2.0, 3.0, 3.0]
    assert outage.failures == 5


def test_those_under_way_when_it_fails_lengthen_nothing(outage: Outage, time: Time) -> None:
    for _ in range(1000):
        outage.failed()
    assert outage.failures == 1000
    time.seconds += 1
    assert outage.may_try()


def test_after_a_success_pauses_are_short_again(outage: Outage, time: Time) -> None:
    for _ in range(3):
        outage.failed()
        time.seconds += 3
        assert outage.may_try()
    outage.is_over()
    outage.failed()
    time.seconds += 1
    assert outage.may_try()
