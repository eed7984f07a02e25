"""Facts about the budgets of retries and hedges."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.serving import HedgeRules, RetryRules
from evalgate.runtime.failover.budget import HedgeBudget, RetryBudget


@given(
    st.lists(st.tuples(st.floats(0, 40), st.booleans()), max_size=80),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.integers(0, 3),
)
def test_retries_of_any_minute_stay_within_least_and_share(
    steps: list[tuple[float, bool]], share: float, least: int
) -> None:
    budget = RetryBudget(RetryRules(share=share, least=least))
    now, firsts, retries = 0.0, list[float](), list[float]()
    for gap, is_retry in steps:
        now += gap
        if not is_retry:
            budget.first(now=now)
            firsts.append(now)
        elif budget.take(now=now):
            retries.append(now)
            made = sum(now - each <= 60 for each in retries)
            assert made <= least + share * sum(now - each <= 60 for each in firsts) + 1e-6


def test_a_share_of_first_attempts_may_be_repeated() -> None:
    budget = RetryBudget(RetryRules(share=0.1, least=2))
    for _ in range(30):
        budget.first(now=0)
    assert [budget.take(now=1) for _ in range(7)] == [True] * 5 + [False] * 2


def test_the_budget_comes_back_after_a_minute() -> None:
    budget = RetryBudget(RetryRules(least=1))
    assert [budget.take(now=now) for now in (0.5, 30, 60, 62)] == [True, False, False, True]


def test_threads_share_one_budget() -> None:
    budget = RetryBudget(RetryRules(least=500))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: budget.take(now=1), range(2000)))
    assert sum(taken) == 500


def test_hedges_are_a_share_of_the_calls_and_are_not_saved_up_for_ever() -> None:
    budget = HedgeBudget(HedgeRules(after=1, share=0.1))
    assert not budget.take()
    taken = 0
    for count in range(1, 200):
        budget.call()
        taken += budget.take()
        assert taken == count // 10
    for _ in range(10_000):
        budget.call()
    assert sum(budget.take() for _ in range(100)) == 10


def test_no_share_means_no_hedge() -> None:
    budget = HedgeBudget(HedgeRules(after=1, share=0))
    budget.call()
    assert not budget.take()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_accounts_and_a_lock_of_its_own() -> None:
    budget, hedges = RetryBudget(RetryRules(least=1)), HedgeBudget(HedgeRules(after=1, share=1))
    assert budget.take(now=0)
    with budget._account.lock, hedges._account.lock:
        child = os.fork()
        if child == 0:
            hedges.call()
            os._exit(0 if budget.take(now=0) and hedges.take() else 1)
    assert os.waitpid(child, 0)[1] == 0
