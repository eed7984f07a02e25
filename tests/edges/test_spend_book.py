"""Facts about the money that several runs share."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from evalgate.adapters.spend_book import SpendBook, set_aside_on
from evalgate.errors import EvaluationError, UsageError
from evalgate.model import ports

DAY = 86_400.0


class Time:
    def __init__(self) -> None:
        self.seconds = 20_000 * DAY

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "spending.sqlite"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def book(path: Path, time: Time) -> Iterator[SpendBook]:
    with SpendBook(path, now=time.now) as book:
        yield book


def set_aside(path: Path, day: int = 20_000) -> float:
    """Return what the file says in dollars."""
    if not path.exists():
        return 0.0
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT set_aside FROM spending WHERE day = ?", (day,)).fetchone()
    return 0.0 if row is None else float(row[0]) / 1e9


def test_money_is_set_aside_until_the_limit_and_not_beyond(book: SpendBook) -> None:
    port: ports.SpendBook = book
    assert all(port.reserve(0.07, most=0.70) for _ in range(10))
    assert not port.reserve(1e-9, most=0.70)
    assert port.reserve(0.0, most=0.70)
    port.release(0.07)
    assert not port.reserve(0.08, most=0.70)
    assert port.reserve(0.07, most=0.70)


def test_two_runs_share_the_limit(book: SpendBook, path: Path, time: Time) -> None:
    with SpendBook(path, now=time.now) as other:
        assert other.reserve(6.0, most=10.0)
        assert not book.reserve(5.0, most=10.0)
        assert book.reserve(4.0, most=10.0)
    assert set_aside(path) == 10.0
    assert not book.reserve(0.01, most=10.0)


def test_money_is_taken_in_portions_and_the_rest_given_back(book: SpendBook, path: Path) -> None:
    assert book.reserve(0.01, most=100.0)
    assert set_aside(path) == 2.0
    assert all(book.reserve(0.01, most=100.0) for _ in range(199))
    assert set_aside(path) == 2.0
    assert book.reserve(0.01, most=100.0)
    assert set_aside(path) == 4.0
    book.close()
    assert set_aside(path) == 2.01


def test_what_was_released_is_given_to_others_before_it_grows_large(
    book: SpendBook, path: Path, time: Time
) -> None:
    assert book.reserve(100.0, most=100.0)
    book.release(97.0)
    assert set_aside(path) <= 3.0 + 2 * 2.0
    with SpendBook(path, now=time.now) as other:
        assert other.reserve(93.0, most=100.0)


def test_near_the_limit_portions_leave_room_for_others(
    book: SpendBook, path: Path, time: Time
) -> None:
    with SpendBook(path, now=time.now) as other:
        assert other.reserve(99.0, most=100.0)
        assert book.reserve(0.1, most=100.0)
        assert set_aside(path) == 99.25
        assert other.reserve(0.75, most=100.0)


def test_what_was_spent_stays_set_aside_for_the_next_run(
    book: SpendBook, path: Path, time: Time
) -> None:
    assert book.reserve(8.0, most=10.0)
    book.release(1.0)
    book.close()
    with SpendBook(path, now=time.now) as later:
        assert not later.reserve(3.5, most=10.0)
        assert later.reserve(3.0, most=10.0)


def test_another_limit_counts_from_the_next_reservation(book: SpendBook) -> None:
    assert book.reserve(1.0, most=100.0)
    assert not book.reserve(0.5, most=1.2)
    assert book.reserve(0.5, most=1.5)


def test_nobody_gives_back_more_than_was_set_aside(book: SpendBook, path: Path, time: Time) -> None:
    with SpendBook(path, now=time.now) as other:
        assert other.reserve(9.0, most=10.0)
        assert book.reserve(1.0, most=10.0)
        book.release(5.0)
        assert not book.reserve(1.5, most=10.0)
        assert book.reserve(1.0, most=10.0)


@pytest.mark.parametrize("usd", [float("nan"), float("inf"), -1.0, 2e9])
def test_an_amount_that_is_none_is_never_granted_and_never_given_back(
    book: SpendBook, usd: float
) -> None:
    assert not book.reserve(usd, most=float("inf"))
    assert book.reserve(1.0, most=1.0)
    book.release(usd)
    assert not book.reserve(0.1, most=1.0)
    assert not book.reserve(0.0, most=float("nan"))


def test_at_midnight_everything_starts_from_nothing(
    book: SpendBook, path: Path, time: Time
) -> None:
    time.seconds += DAY - 1
    assert book.reserve(10.0, most=10.0)
    assert not book.reserve(1.0, most=10.0)
    time.seconds += 1
    assert book.reserve(10.0, most=10.0)
    assert (set_aside(path), set_aside(path, 20_001)) == (10.0, 10.0)


def test_what_was_reserved_before_midnight_is_not_released_into_today(
    book: SpendBook, time: Time
) -> None:
    assert book.reserve(4.0, most=10.0)
    time.seconds += DAY
    assert book.reserve(10.0, most=10.0)
    book.release(4.0)
    assert not book.reserve(0.5, most=10.0)
    book.release(0.5)
    assert book.reserve(0.5, most=10.0)


def test_a_portion_of_yesterday_is_worth_nothing_today(
    book: SpendBook, path: Path, time: Time
) -> None:
    assert book.reserve(0.01, most=100.0)
    time.seconds += DAY
    book.close()
    assert set_aside(path, 20_001) == 0.0
    assert set_aside(path) == 2.0


def test_a_clock_that_is_set_back_counts_for_its_own_day(book: SpendBook, time: Time) -> None:
    assert book.reserve(10.0, most=10.0)
    time.seconds -= 3 * DAY
    assert book.reserve(10.0, most=10.0)
    time.seconds += 3 * DAY
    assert not book.reserve(1.0, most=10.0)


def test_a_file_of_no_use_is_an_error_that_says_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("notes")
    with pytest.raises(UsageError) as caught:
        SpendBook(path, now=Time().now).reserve(1.0, most=1.0)
    assert str(caught.value) == (
        f"{path}: what is spent cannot be kept here: file is not a database;"
        " name another folder with EVALGATE_CACHE or --out, or run without a cost limit"
    )


def test_no_money_is_granted_while_nobody_knows_what_others_spend(
    book: SpendBook, path: Path
) -> None:
    assert book.reserve(1.0, most=100.0)
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("DROP TABLE spending")
    with pytest.raises(EvaluationError, match=r"spending.sqlite: the cost limit cannot be"):
        book.reserve(5.0, most=100.0)
    book.release(1.0)  # what is given back is lost, and the limit holds


KILLED = f"""
import os, signal, sys
from pathlib import Path
from evalgate.adapters.spend_book import SpendBook
SpendBook(Path(sys.argv[1]), now=lambda: {Time().seconds}).reserve(1.0, most=100.0)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_the_portion_stays_set_aside(book: SpendBook, path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert set_aside(path) == 2.0
    assert not book.reserve(98.5, most=100.0)
    assert book.reserve(98.0, most=100.0)


AMOUNTS = st.integers(0, 60).map(lambda cents: cents / 100)
BOOKS = st.integers(0, 2)


class SharedLimit(RuleBasedStateMachine):
    """Three books on one file: what callers hold of a day never passes the limit."""

    most = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        folder = self.undo.enter_context(TemporaryDirectory())
        self.path = Path(folder) / "spending.sqlite"
        self.time = Time()
        self.books = [SpendBook(self.path, now=self.time.now) for _ in range(3)]
        self.held: list[list[tuple[int, float]]] = [[], [], []]
        self.spent: list[tuple[int, float]] = []  # by runs that have ended

    @property
    def today(self) -> int:
        return int(self.time.seconds // DAY)

    @rule(which=BOOKS, usd=AMOUNTS)
    def reserve(self, which: int, usd: float) -> None:
        if self.books[which].reserve(usd, most=self.most):
            self.held[which].append((self.today, usd))

    @rule(which=BOOKS, share=st.integers(0, 4), data=st.data())
    def release(self, which: int, share: int, data: st.DataObject) -> None:
        if self.held[which]:
            index = data.draw(st.integers(0, len(self.held[which]) - 1))
            day, usd = self.held[which][index]
            back = usd * share / 4
            self.held[which][index] = (day, usd - back)
            self.books[which].release(back)

    @rule(which=BOOKS)
    def end(self, which: int) -> None:
        self.books[which].close()
        self.begin_again(which)

    @rule(which=BOOKS)
    def kill(self, which: int) -> None:
        connection = self.books[which]._connection
        if connection is not None:
            connection.close()
        self.begin_again(which)

    @rule(days=st.integers(-1, 1))
    def pass_time(self, days: int) -> None:
        self.time.seconds += days * DAY

    @invariant()
    def the_limit_holds(self) -> None:
        every = [*self.spent, *(each for held in self.held for each in held)]
        for day in {day for day, _ in every}:
            held = sum(usd for of, usd in every if of == day)
            assert held <= set_aside(self.path, day) + 1e-7
            assert set_aside(self.path, day) <= self.most

    def begin_again(self, which: int) -> None:
        self.spent += self.held[which]
        self.held[which] = []
        self.books[which] = SpendBook(self.path, now=self.time.now)

    def teardown(self) -> None:
        for book in self.books:
            book.close()
        self.undo.close()


TestSharedLimit = SharedLimit.TestCase
TestSharedLimit.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_a_book_in_a_place_that_cannot_be_looked_at_tells_nothing(path: Path) -> None:
    assert set_aside_on(path / ("x" * 300), now=0.0) is None


def test_what_is_set_aside_on_a_day_can_be_read_by_others(path: Path, time: Time) -> None:
    assert set_aside_on(path, now=time.now()) is None
    with SpendBook(path, now=time.now) as book:
        assert book.reserve(1.5, most=5.0)
        assert set_aside_on(path, now=time.now()) == pytest.approx(1.5, abs=0.1)
    assert set_aside_on(path, now=time.now()) == 1.5
    assert set_aside_on(path, now=time.now() + DAY) == 0
    path.write_bytes(b"no database")
    assert set_aside_on(path, now=time.now()) is None
