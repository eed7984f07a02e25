"""Facts about answers from the log: percentiles, order, and accounts that balance."""

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.log_answer import (
    PERCENTS,
    Account,
    CostRow,
    ErrorRow,
    LatencyRow,
    in_order,
    spread,
)
from evalgate.model.log_question import Key, LogQuestion


@given(st.lists(st.integers(0, 30), min_size=1, max_size=300))
def test_a_percentile_is_the_least_time_that_so_many_do_not_exceed(times: list[int]) -> None:
    ordered = sorted(times)
    told = spread((time, ordered.count(time)) for time in sorted(set(times)))
    assert told is not None
    expected = [ordered[ceil(len(times) * percent / 100) - 1] for percent in PERCENTS]
    assert [told.p50, told.p90, told.p95, told.p99] == expected
    assert (told.of, told.most) == (len(times), ordered[-1])


def test_of_no_time_there_is_no_spread() -> None:
    assert spread([]) is None
    assert spread([(5, 0)]) is None


def test_an_unknown_cost_is_not_zero() -> None:
    assert CostRow(calls=2, unpriced=2).usd is None
    assert CostRow(calls=2, unpriced=2).usd_per_call is None
    assert CostRow(calls=2, unpriced=1, nano_usd=5 * 10**8).usd_per_call == 0.5
    assert CostRow().usd == 0.0


def test_an_account_balances_when_every_line_is_told_once() -> None:
    account = Account(lines=5, calls=1, events=1, unreadable=1, other=1, empty=1, chosen=1)
    assert account.balances
    assert not replace(account, lines=6).balances
    assert not replace(account, chosen=2).balances
    assert not replace(account, lines=3, empty=-1).balances


def test_rows_come_largest_first_and_equal_ones_by_name_with_the_unknown_last() -> None:
    rows = [CostRow(key=(name,), nano_usd=5, calls=1) for name in (None, "b", "a")]
    rows.append(CostRow(key=("c",), nano_usd=9))
    question = LogQuestion(by=(Key.FEATURE,))
    assert [row.key[0] for row in in_order(rows, question)] == ["c", "a", "b", None]
    assert len(in_order(rows, replace(question, top=2))) == 2


@pytest.mark.parametrize("top", [None, 2])
def test_rows_by_time_come_in_its_order_whatever_their_other_keys(top: int | None) -> None:
    rows = [LatencyRow(key=("a", hour), calls=hour) for hour in (10, 9, 100)]
    question = LogQuestion(by=(Key.FEATURE, Key.HOUR), top=top)
    assert [row.key[1] for row in in_order(rows, question)] == [9, 10, 100][-(top or 3) :]


def test_errors_come_with_most_unanswered_calls_first() -> None:
    rows = [ErrorRow(key=("a",), calls=100), ErrorRow(key=("b",), calls=1, unanswered=1)]
    assert in_order(rows, LogQuestion(by=(Key.ROUTE,)))[0].key == ("b",)
