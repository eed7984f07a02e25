"""Facts about reading the call log line by line: figures, choices, order, and the account."""

from pathlib import Path

from evalgate.adapters.log_plain import PlainLog
from evalgate.model.call import Arm, ServedBy
from evalgate.model.chat import FailureKind, Usage
from evalgate.model.log_answer import CostRow, Spread
from evalgate.model.log_question import Key, LogQuestion, Selection
from tests.unit.adapters.log_lines import (
    EMPTY,
    EVENT,
    HOUR,
    NEWER,
    NOON,
    TORN,
    cached,
    call,
    nothing,
    sources,
    write,
)


def log(folder: Path, *lines: bytes) -> PlainLog:
    return PlainLog(sources(write(folder, *lines)), tell=nothing)


def test_every_line_is_in_the_account_once(tmp_path: Path) -> None:
    told = log(tmp_path, call(1), EVENT, TORN, NEWER, EMPTY, call(2, feature="mail"), TORN[:-1])
    account = told.cost(LogQuestion(where=Selection(values={Key.FEATURE: ("mail",)}))).account
    assert account.balances
    assert (account.lines, account.calls, account.chosen) == (7, 2, 1)
    assert (account.events, account.unreadable, account.other, account.empty) == (1, 2, 1, 1)


def test_costs_add_up_exactly_and_unknown_ones_are_counted_apart(tmp_path: Path) -> None:
    lines = [call(n, cost_usd=0.1) for n in range(10)]
    told = log(tmp_path, *lines, call(11, cost_usd=None, usage=None), cached(12, usage=None))
    total = told.cost(LogQuestion()).total
    assert total == CostRow(
        calls=12,
        nano_usd=1_000_000_000,
        unpriced=1,
        cached=1,
        input_tokens=12_000,
        cache_read_tokens=8_000,
        cache_write_tokens=330,
        output_tokens=2_100,
    )
    assert total.usd == 1.0
    assert total.usd_per_call == 1 / 11


def test_groups_come_with_the_dearest_first(tmp_path: Path) -> None:
    lines = [call(n, feature="a", cost_usd=0.25) for n in range(3)]
    told = log(tmp_path, *lines, call(9, feature="b", cost_usd=1.0), call(10, feature=""))
    rows = told.cost(LogQuestion(by=(Key.FEATURE, Key.ARM), top=2)).rows
    assert [(row.key, row.calls) for row in rows] == [(("b", "canary"), 1), (("a", "canary"), 3)]


def test_groups_by_time_come_in_its_order_and_the_latest_are_kept(tmp_path: Path) -> None:
    lines = [call(n, ts=NOON + hour * HOUR) for n, hour in enumerate([3, 1, 2, 1])]
    rows = log(tmp_path, *lines).cost(LogQuestion(by=(Key.HOUR,), top=2)).rows
    first = NOON // HOUR
    assert [(row.key, row.calls) for row in rows] == [((first + 2,), 1), ((first + 3,), 1)]


def test_calls_are_chosen_from_an_instant_on_and_until_before_another(tmp_path: Path) -> None:
    told = log(tmp_path, *(call(n, ts=NOON + n) for n in range(5)))
    where = Selection(since=int((NOON + 1) * 1e6), until=int((NOON + 3) * 1e6))
    assert told.cost(LogQuestion(where=where)).account.chosen == 2


def test_an_empty_value_chooses_calls_without_one(tmp_path: Path) -> None:
    told = log(tmp_path, call(1, user=None), call(2), call(3, user="3" * 32))
    where = Selection(values={Key.USER: ("", "3" * 32), Key.ARM: (Arm.CANARY,)})
    assert told.cost(LogQuestion(where=where)).account.chosen == 2


def test_latency_leaves_out_what_asked_no_model(tmp_path: Path) -> None:
    lines = [call(n, latency_ms=n, ttft_ms=None if n % 2 else n) for n in range(1, 101)]
    row = log(tmp_path, *lines, cached(500, latency_ms=9_999)).latency(LogQuestion()).total
    assert row.whole == Spread(of=100, p50=50, p90=90, p95=95, p99=99, most=100)
    assert row.first == Spread(of=50, p50=50, p90=90, p95=96, p99=100, most=100)
    assert (row.calls, row.left_out) == (101, 1)


def test_errors_are_told_by_word_and_attempts_by_route(tmp_path: Path) -> None:
    told = log(
        tmp_path,
        call(1, served_by=ServedBy.NOBODY, error="timeout", tries=()),
        call(2, degraded=True, stop_reason="refusal"),
        call(3, error=None, may_be_billed=0),
    )
    row = told.errors(LogQuestion()).total
    assert (row.calls, row.unanswered, row.degraded, row.refused) == (3, 1, 1, 1)
    assert row.errors == {"timeout": 1, "overloaded": 1}
    assert row.failures == {("", FailureKind.OVERLOADED): 2}
    assert (row.attempts, row.may_be_billed) == (4, 2)


def test_the_slowest_calls_come_first_and_equal_ones_with_the_later_id(tmp_path: Path) -> None:
    times = [5, 9, 9, 1]
    told = log(tmp_path, *(call(n, latency_ms=ms) for n, ms in enumerate(times)), cached(8))
    calls = told.slowest(Selection(), 3).calls
    ids = [str(each["request_id"])[-1] for each in calls]
    assert ids == ["2", "1", "0"]
    assert [len(each["tries"]) for each in calls if isinstance(each["tries"], list)] == [2, 2, 2]


def test_without_a_choice_a_group_of_nothing_is_told(tmp_path: Path) -> None:
    answer = log(tmp_path, EVENT).cost(LogQuestion())
    assert (answer.rows, answer.groups, answer.total) == ((), 0, CostRow())


def test_how_far_the_reading_is_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    write(tmp_path, call(1, usage=Usage(input_tokens=1, output_tokens=1)))
    PlainLog(sources(tmp_path), tell=told.append).cost(LogQuestion())
    assert all(0 <= share <= 1 for share in told)
    assert told
