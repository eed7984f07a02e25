"""Facts about readings: one at a time, told while they are fresh, and never after that."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from evalgate.adapters.readings import STALE_AFTER, WANTED_FOR, Readings
from evalgate.errors import EvaluationError, UsageError


class Source:
    """Something that can be read, slowly or not at all, and counts how often it was."""

    def __init__(self) -> None:
        self.now, self.names, self.at_once, self.most = 1_000.0, list[str](), 0, 0
        self.fault: UsageError | None = None
        self.open = Event()
        self.open.set()

    def read(self, name: str) -> str:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.names.append(name)
        self.open.wait(10)
        self.at_once -= 1
        if self.fault:
            raise self.fault
        return f"{name} {len(self.names)}"

    def clock(self) -> float:
        return self.now


@pytest.fixture
def source() -> Iterator[Source]:
    source = Source()
    yield source
    source.open.set()


def kept(source: Source, *, patience: float = 10.0) -> Readings[str]:
    return Readings(source.read, every=30, patience=patience, clock=source.clock)


def soon(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_storm_of_askers_costs_one_reading(source: Source) -> None:
    readings, barrier = kept(source), Barrier(40)
    source.open.clear()

    def ask() -> str:
        barrier.wait()
        return readings.of("p")

    with ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(ask) for _ in range(40)]
        soon(lambda: bool(source.names))
        source.open.set()
        assert {each.result() for each in asked} == {"p 1"}
    assert source.names == ["p"]


def test_a_name_is_read_again_after_a_while_and_not_before(source: Source) -> None:
    readings = kept(source)
    assert readings.of("p") == "p 1"
    source.now += 29.9
    assert readings.of("p") == "p 1"
    source.now += 0.1
    readings.of("p")
    soon(lambda: readings.of("p") == "p 2")
    assert source.names == ["p", "p"]


def test_two_names_are_read_one_after_the_other(source: Source) -> None:
    readings = kept(source)
    source.open.clear()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(readings.of, name) for name in ("p", "q")]
        soon(lambda: bool(source.names))
        time.sleep(0.05)
        assert len(source.names) == 1
        source.open.set()
        assert sorted(each.result()[0] for each in asked) == ["p", "q"]
    assert source.most == 1


def test_what_was_read_outlives_failures_for_a_while_and_no_longer(source: Source) -> None:
    readings = kept(source)
    assert readings.of("p") == "p 1"
    source.fault = UsageError("calls.jsonl: gone")
    for _ in range(STALE_AFTER):
        source.now += 30
        assert readings.of("p") == "p 1"
        soon(lambda: source.at_once == 0)
    source.now += 0.1
    with pytest.raises(UsageError, match=r"calls\.jsonl: gone"):
        readings.of("p")


def test_a_failure_is_tried_again_no_sooner_than_a_success(source: Source) -> None:
    readings = kept(source)
    source.fault = UsageError("calls.jsonl: gone")
    for _ in range(5):
        with pytest.raises(UsageError):
            readings.of("p")
    assert source.names == ["p"]
    source.now += 30
    source.fault = None
    assert readings.of("p") == "p 2"


def test_a_failure_that_many_are_told_does_not_grow(source: Source) -> None:
    readings = kept(source)
    source.fault = UsageError("gone")

    def depth() -> int:
        with pytest.raises(UsageError) as caught:
            readings.of("p")
        return len(caught.traceback)

    assert depth() == depth() == depth()


def test_who_asks_first_waits_for_a_while_only_and_the_reading_goes_on(source: Source) -> None:
    readings = kept(source, patience=0.05)
    source.open.clear()
    for _ in range(2):
        with pytest.raises(EvaluationError, match="still being read"):
            readings.of("p")
        source.now += 100
    assert source.names == ["p"]
    source.open.set()
    soon(lambda: source.at_once == 0)
    source.open.clear()
    assert readings.of("p") == "p 1"


def test_nobody_waits_while_there_is_something_fresh_to_tell(source: Source) -> None:
    readings = kept(source, patience=0.0)
    source.open.clear()
    with pytest.raises(EvaluationError):
        readings.of("p")
    source.open.set()
    soon(lambda: source.at_once == 0)
    source.now += 60
    source.open.clear()
    assert readings.of("p") == "p 1"


def test_age_counts_from_the_end_of_a_reading(source: Source) -> None:
    readings = kept(source, patience=0.01)
    source.open.clear()
    with pytest.raises(EvaluationError):
        readings.of("p")
    source.now += 500
    source.open.set()
    soon(lambda: source.at_once == 0)
    source.now += 89
    source.open.clear()
    assert readings.of("p") == "p 1"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_is_told_as_no_reading_and_ends_nothing(source: Source) -> None:
    def read(name: str) -> str:
        if source.now == 1_000:
            raise ZeroDivisionError(name)
        return name

    readings = Readings(read, every=30, clock=source.clock)
    with pytest.raises(EvaluationError, match="met a bug"):
        readings.of("p")
    for thread in [each for each in threading.enumerate() if each.name == "evalgate-reading"]:
        thread.join(10)  # what it says of the bug belongs to this test
    source.now += 30
    assert readings.of("p") == "p"


def test_what_was_asked_for_lately_is_read_again_by_itself(source: Source) -> None:
    readings = kept(source)
    readings.of("p")
    readings.keep_fresh()
    source.now += 30
    soon(lambda: len(source.names) == 2)
    source.now += WANTED_FOR
    time.sleep(1.2)
    assert len(source.names) == 2
    readings.end()
    readings.of("p")
    soon(lambda: len(source.names) == 3)
