"""Facts about what a run may still spend."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.running.budget import Budget


class Book:
    """A day's book in memory; `most_set_aside` is the highest that it ever stood at."""

    def __init__(self, set_aside: float = 0.0) -> None:
        self.set_aside = set_aside
        self.most_set_aside = set_aside

    def reserve(self, usd: float, *, most: float) -> bool:
        if self.set_aside + usd > most + 1e-9:
            return False
        self.set_aside += usd
        self.most_set_aside = max(self.most_set_aside, self.set_aside)
        return True

    def release(self, usd: float) -> None:
        self.set_aside -= usd


async def test_without_a_limit_everything_may_start_and_is_added_up() -> None:
    budget = Budget()
    assert await budget.reserve(None) is None
    assert await budget.reserve(1e9) is None
    assert not budget.is_limited
    assert budget.settle(1e9, 2.0) == 2.0
    assert budget.settle(None, 1.0) == 1.0
    assert budget.spent_usd == 3.0


async def test_a_call_that_could_pass_the_limit_is_refused() -> None:
    budget = Budget(most=1.0, spent=0.5)
    refusal = await budget.reserve(0.6)
    assert (
        refusal == "the next call may cost $0.6000, and $0.5000 of the run's limit of $1 are spent"
    )
    assert await budget.reserve(0.5) is None


async def test_the_day_s_limit_names_itself() -> None:
    budget = Budget(most_per_day=1.0, book=Book(set_aside=0.9))
    assert await budget.reserve(0.2) == (
        "the next call may cost $0.2000, and the day's limit of $1 leaves less than that"
    )


async def test_what_a_killed_process_of_the_run_had_set_aside_stays_so() -> None:
    purse = Book(set_aside=0.9)
    budget = Budget(most=1.0, purse=purse)
    assert await budget.reserve(0.2) == (
        "the next call may cost $0.2000, and the run's limit of $1 leaves less:"
        " broken calls and other roots count"
    )
    assert await budget.reserve(0.1) is None
    budget.settle(0.1, 0.04)
    assert purse.set_aside == pytest.approx(0.94)
    assert await budget.reserve(0.06) is None


async def test_what_the_run_refuses_is_given_back_to_the_day() -> None:
    book = Book()
    budget = Budget(most=1.0, purse=Book(set_aside=0.9), most_per_day=5.0, book=book)
    assert await budget.reserve(0.2) is not None
    assert book.set_aside == 0.0


@pytest.mark.parametrize("limits", [{"most": 1.0}, {"most_per_day": 1.0}])
async def test_a_call_without_a_price_is_refused_under_a_limit(limits: dict[str, float]) -> None:
    budget = Budget(most=limits.get("most"), most_per_day=limits.get("most_per_day"), book=Book())
    assert await budget.reserve(None) == (
        "the model has no known price, so no cost limit can be kept"
    )


async def test_a_refused_call_takes_nothing_from_the_day() -> None:
    book = Book()
    budget = Budget(most=1.0, most_per_day=9.0, book=book)
    assert await budget.reserve(2.0) is not None
    assert book.set_aside == 0


async def test_what_is_in_flight_counts_at_its_worst_and_the_rest_waits_for_it() -> None:
    budget = Budget(most=1.0)
    assert await budget.reserve(0.7) is None
    waiting = asyncio.create_task(budget.reserve(0.7))
    await asyncio.sleep(0)
    assert not waiting.done()
    budget.settle(0.7, 0.1)
    assert await waiting is None


async def test_a_wait_ends_in_a_refusal_once_nothing_is_in_flight() -> None:
    budget = Budget(most=1.0)
    assert await budget.reserve(0.7) is None
    waiting = asyncio.create_task(budget.reserve(0.7))
    await asyncio.sleep(0)
    budget.settle(0.7, 0.7)
    assert await waiting is not None


async def test_a_cost_that_is_not_known_is_booked_as_the_most_that_it_can_be() -> None:
    book = Book()
    budget = Budget(most=1.0, most_per_day=9.0, book=book)
    await budget.reserve(0.7)
    assert budget.settle(0.7, None) == 0.7
    assert (budget.spent_usd, book.set_aside) == (0.7, 0.7)


async def test_what_was_not_spent_is_given_back_to_the_day() -> None:
    book = Book()
    budget = Budget(most_per_day=1.0, book=book)
    await budget.reserve(0.7)
    budget.settle(0.7, 0.2)
    assert book.set_aside == pytest.approx(0.2)


async def test_a_cancelled_wait_holds_nothing() -> None:
    budget = Budget(most=1.0)
    await budget.reserve(0.7)
    waiting = asyncio.create_task(budget.reserve(0.7))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    budget.settle(0.7, 0.0)
    assert await budget.reserve(1.0) is None


async def test_all_that_wait_get_on() -> None:
    budget = Budget(most=1.0)
    done: list[int] = []

    async def call(number: int) -> None:
        assert await budget.reserve(0.6) is None
        await asyncio.sleep(0)
        budget.settle(0.6, 0.01)
        done.append(number)

    async with asyncio.timeout(5):
        await asyncio.gather(*map(call, range(20)))
    assert sorted(done) == list(range(20))


costs = st.lists(
    st.tuples(st.floats(0, 2), st.none() | st.floats(0, 1), st.integers(0, 3)), max_size=20
)


@given(calls=costs, most=st.floats(0, 5), per_day=st.floats(0, 5), before=st.floats(0, 1))
def test_no_limit_is_ever_passed(
    calls: list[tuple[float, float | None, int]], most: float, per_day: float, before: float
) -> None:
    book = Book()
    budget = Budget(most=most, most_per_day=per_day, book=book, spent=before)
    flying = peak = 0.0

    async def call(worst: float, share: float | None, turns: int) -> None:
        nonlocal flying, peak
        if await budget.reserve(worst) is not None:
            return
        flying += worst
        peak = max(peak, budget.spent_usd + flying)
        for _ in range(turns):
            await asyncio.sleep(0)
        flying -= worst
        booked = budget.settle(worst, None if share is None else share * worst)
        assert booked == (worst if share is None else share * worst)

    async def all_calls() -> None:
        async with asyncio.timeout(5):
            await asyncio.gather(*(call(*each) for each in calls))

    asyncio.run(all_calls())
    assert peak <= max(most, before) + 1e-6
    assert budget.spent_usd <= max(most, before) + 1e-6
    assert book.most_set_aside <= per_day + 1e-6
    assert book.set_aside == pytest.approx(budget.spent_usd - before, abs=1e-6)
