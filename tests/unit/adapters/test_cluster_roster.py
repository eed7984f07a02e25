"""Which worker gets the next call, and what its calls are told when it goes."""

import asyncio
from contextlib import ExitStack

from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.cluster_roster import Roster, Seat
from evalgate.model.chat import CallFailure, FailureKind

LOST = CallFailure(kind=FailureKind.WORKER_LOST, message="gone")


def seat(loop: asyncio.AbstractEventLoop, address: str, process: str = "first") -> Seat:
    return Seat(address=address, process=process, gone=loop.create_future())


def roster(loop: asyncio.AbstractEventLoop, *addresses: str) -> tuple[Roster, list[Seat]]:
    workers, seats = Roster(), [seat(loop, address) for address in addresses]
    for each in seats:
        workers.join(each, instead=LOST)
    return workers, seats


@given(st.integers(1, 5), st.integers(0, 40))
def test_calls_are_spread_evenly(workers: int, calls: int) -> None:
    loop = asyncio.new_event_loop()
    listed, seats = roster(loop, *"abcde"[:workers])
    with ExitStack() as stack:
        for _ in range(calls):
            stack.enter_context(listed.occupied())
        assert sum(each.in_flight for each in seats) == calls
        assert max(each.in_flight for each in seats) - min(each.in_flight for each in seats) <= 1
    assert not any(each.in_flight for each in seats)
    loop.close()


async def test_workers_without_calls_take_turns() -> None:
    workers, seats = roster(asyncio.get_running_loop(), "a", "b")
    for _ in range(4):
        with workers.occupied():
            pass
    assert [each.served for each in seats] == [2, 2]


async def test_no_worker_is_given_where_none_is_or_all_rest() -> None:
    workers, (only,) = roster(asyncio.get_running_loop(), "a")
    only.rests = True
    assert len(workers) == 0
    with workers.occupied() as given_seat:
        assert given_seat is None
    with Roster().occupied() as given_seat:
        assert given_seat is None


async def test_a_resting_worker_wakes_when_the_same_process_says_that_it_is_there() -> None:
    loop = asyncio.get_running_loop()
    workers, (only,) = roster(loop, "a")
    only.rests = True
    workers.join(seat(loop, "a"), instead=LOST)
    assert len(workers) == 1
    assert not only.gone.done()
    with workers.occupied() as given_seat:
        assert given_seat is only


async def test_another_process_at_the_same_address_ends_the_calls_of_the_first() -> None:
    loop = asyncio.get_running_loop()
    workers, (only,) = roster(loop, "a")
    second = seat(loop, "a", "second")
    workers.join(second, instead=LOST)
    assert only.gone.result() is LOST
    with workers.occupied() as given_seat:
        assert given_seat is second


async def test_a_worker_that_leaves_ends_its_calls_and_nobody_else_s() -> None:
    workers, (first, second) = roster(asyncio.get_running_loop(), "a", "b")
    first.rests = True
    workers.leave("a", LOST)
    workers.leave("a", LOST)
    workers.leave("nobody", LOST)
    assert first.gone.result() is LOST
    assert not second.gone.done()
    workers.leave_all(LOST)
    assert second.gone.result() is LOST
    assert len(workers) == 0
