"""Facts about the clock of this machine."""

from evalgate.adapters.clock import SystemClock
from evalgate.model.ports import Clock


async def test_sleeping_takes_the_time_it_says_and_time_never_goes_back() -> None:
    clock: Clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0.02)
    assert 0.02 <= clock.monotonic() - before < 1


async def test_a_sleep_of_less_than_nothing_is_over_at_once() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(-5)
    assert clock.monotonic() - before < 1
