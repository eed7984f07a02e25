"""The log of calls on a real disk: forked processes, threads, midnight, a full disk, lost files."""

import errno
import json
import logging
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.call_log import LineLog, file_call_log, logger_sink
from evalgate.adapters.day_file import DayFile
from evalgate.model.call_ports import CallLog, Event, EventKind
from evalgate.runtime.logbook.call_line import line_of
from tests.call_lines import columns_of
from tests.unit.runtime.records import RECORD

MIDNIGHT = 1_795_305_600.0
NOON = MIDNIGHT - 43_200.0


def noon() -> float:
    return NOON


def lines_of(folder: Path) -> Iterator[dict[str, object]]:
    for path in sorted(folder.glob("calls-*.jsonl")):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        yield from (columns_of(line) for line in content.splitlines() if line)


def run(program: str, *arguments: str) -> str:
    command = (sys.executable, "-c", program, *arguments)
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    return answer.stdout


FORKS = """
import os, sys, threading, time
from dataclasses import replace
from pathlib import Path
from evalgate.adapters.call_log import file_call_log
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

log = file_call_log(Path(sys.argv[1]), line_of=line_of, now=time.time)

def work(process, thread):
    for number in range(500):
        log.write(replace(RECORD, request_id=f"{process}-{thread}-{number}"))

def many(process):
    threads = [threading.Thread(target=work, args=(process, each)) for each in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

log.write(replace(RECORD, request_id="parent"))
stop = threading.Event()
def busy():
    while not stop.is_set():
        log.write(replace(RECORD, request_id="busy"))
talking = threading.Thread(target=busy)
talking.start()
children = []
for process in range(8):
    child = os.fork()
    if not child:
        many(process)
        os._exit(1 if log.failures else 0)
    children.append(child)
stop.set()
talking.join()
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
assert log.failures == 0
"""


@pytest.mark.slow
def test_eight_forked_processes_with_eight_threads_lose_and_tear_no_line(tmp_path: Path) -> None:
    run(FORKS, str(tmp_path))
    ids = Counter(str(line["request_id"]) for line in lines_of(tmp_path))
    del ids["busy"]
    expected = [f"{p}-{t}-{n}" for p in range(8) for t in range(8) for n in range(500)]
    assert ids == Counter(["parent", *expected])


TWO_AT_MIDNIGHT = """
import itertools, os, sys
from dataclasses import replace
from pathlib import Path
from evalgate.adapters.call_log import file_call_log
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

ticks = itertools.count()
MIDNIGHT = 1_795_305_600.0
now = lambda: MIDNIGHT - 1.0 + next(ticks) / 1000
log = file_call_log(Path(sys.argv[1]), line_of=line_of, now=now)
log.write(replace(RECORD, ts=MIDNIGHT - 1, request_id="first"))
children = []
for process in range(2):
    child = os.fork()
    if not child:
        for number in range(2000):
            log.write(replace(RECORD, ts=MIDNIGHT - 1 + (number + 1) / 1000, request_id=f"{process}-{number}"))
        os._exit(1 if log.failures else 0)
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
"""


def test_two_processes_at_midnight_put_every_line_into_the_file_of_its_day(tmp_path: Path) -> None:
    run(TWO_AT_MIDNIGHT, str(tmp_path))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "calls-2026-11-21.jsonl",
        "calls-2026-11-22.jsonl",
    ]
    for path in tmp_path.iterdir():
        days = {json.loads(line)["ts"][:10] for line in path.read_bytes().splitlines()}
        assert days == {path.name[6:16]}
    assert len(list(lines_of(tmp_path))) == 4001


LIMITED = """
import json, os, resource, sys, time
from dataclasses import replace
from pathlib import Path
from evalgate.adapters.call_log import file_call_log
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

MIDNIGHT = 1_795_305_600.0
clock = [MIDNIGHT - 1000]
open_log = lambda: file_call_log(Path(sys.argv[1]), line_of=line_of, now=lambda: clock[0])
log, other = open_log(), open_log()
other.write(replace(RECORD, request_id="other-0"))
size = len(line_of(RECORD))
resource.setrlimit(resource.RLIMIT_FSIZE, (10 * size + 100, resource.RLIM_INFINITY))
for number in range(20):
    log.write(replace(RECORD, request_id=f"n-{number}"))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
clock[0] += 1
other.write(replace(RECORD, request_id="other-1"))
log.write(replace(RECORD, request_id="after-1"))
log.write(replace(RECORD, request_id="after-2"))
print(json.dumps([log.failures, log.trouble, other.failures]))
"""


def test_a_full_disk_costs_lines_that_are_counted_and_glues_none_together(tmp_path: Path) -> None:
    failures, trouble, others = json.loads(run(LIMITED, str(tmp_path)))
    (path,) = tmp_path.iterdir()
    whole, torn = [], []
    for line in path.read_bytes().splitlines():
        try:
            whole += [json.loads(line)] if line else []
        except ValueError:
            torn.append(line)
    ids = [line["request_id"] for line in whole if line["schema"] == "call/1"]
    events = [line for line in whole if line["schema"] == "event/1"]
    assert ids[-3:] == ["other-1", "after-1", "after-2"]
    assert len(torn) == 1
    assert torn[0].startswith(b'{"schema":"call/1"')
    assert len([each for each in ids if each.startswith("n-")]) + failures == 20
    assert (trouble, others) == ("EFBIG", 0)
    assert [event["message"] for event in events] == [
        f"lines lost: {failures}, the last one by EFBIG"
    ]


def test_who_left_half_a_line_ends_it_at_once(tmp_path: Path) -> None:
    run(AGAIN, str(tmp_path))
    (path,) = tmp_path.iterdir()
    first, _, torn, after, event = path.read_bytes().splitlines()
    assert torn
    assert line_of(RECORD).startswith(torn)
    assert first + b"\n" == after + b"\n" == line_of(RECORD)
    assert b"lines lost: 1, the last one by EIO" in event


AGAIN = """
import resource, sys
from pathlib import Path
from evalgate.adapters.call_log import file_call_log
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

log = file_call_log(Path(sys.argv[1]), line_of=line_of, now=lambda: 1_795_302_000.0)
log.write(RECORD)
log.write(RECORD)
size = len(line_of(RECORD))
resource.setrlimit(resource.RLIMIT_FSIZE, (2 * size + 100, resource.RLIM_INFINITY))
log.write(RECORD)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.write(RECORD)
"""


def test_a_log_is_what_the_runtime_asks_for(tmp_path: Path) -> None:
    log: CallLog = file_call_log(tmp_path / "log", line_of=line_of, now=noon)
    log.write(RECORD)
    log.write(Event(ts=NOON, kind=EventKind.POINTER_MOVED, subject="support-reply"))
    assert [line["schema"] for line in lines_of(tmp_path / "log")] == ["call/1", "event/1"]
    assert log.failures == 0


class _FullError(Exception):
    """What a sink of an application may raise; its text repeats the line."""


def test_no_sink_can_break_a_call_and_what_was_lost_is_told_once() -> None:
    kept: list[bytes] = []
    troubles: list[Exception] = [
        _FullError("secret"),
        OSError(errno.ENOSPC, "secret"),
        _FullError(),
    ]

    def sink(line: bytes) -> None:
        if troubles:
            raise troubles.pop(0)
        kept.append(line)

    log = LineLog(sink, line_of=line_of, now=noon)
    for number in range(5):
        log.write(replace(RECORD, request_id=f"n-{number}"))
    lines = [json.loads(line) for line in kept]
    assert [line["request_id"] for line in lines if "request_id" in line] == ["n-3", "n-4"]
    assert [line["message"] for line in lines if "message" in line] == [
        "lines lost: 3, the last one by _FullError"
    ]
    assert (log.failures, log.trouble) == (3, "_FullError")


def test_a_loss_that_cannot_be_told_yet_is_told_later() -> None:
    kept: list[bytes] = []
    answers = iter((False, True, False, True, True))

    def sink(line: bytes) -> None:
        if not next(answers):
            raise OSError(errno.EIO, "no")
        kept.append(line)

    log = LineLog(sink, line_of=line_of, now=noon)
    for _ in range(3):
        log.write(RECORD)
    told = [json.loads(line).get("message") for line in kept]
    assert told == [None, None, "lines lost: 1, the last one by EIO"]
    assert log.failures == 1


def test_an_alarm_hears_at_once_that_lines_are_lost_and_afterwards_how_many() -> None:
    answers = iter((False, False, True, True))
    heard: list[str] = []

    def sink(_: bytes) -> None:
        if not next(answers):
            raise OSError(errno.ENOSPC, "secret")

    def alarm(event: Event) -> None:
        assert event.kind is EventKind.LOG_FAILED
        heard.append(event.message)
        raise RuntimeError

    log = LineLog(sink, line_of=line_of, now=noon, alarm=alarm)
    log.write(RECORD)
    assert heard == ["lines are being lost, the first one by ENOSPC"]
    log.write(RECORD)
    log.write(RECORD)
    assert heard[1:] == ["lines lost: 2, the last one by ENOSPC"]


def test_an_interrupt_is_not_held_up() -> None:
    def sink(_: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LineLog(sink, line_of=line_of, now=noon).write(RECORD)


def test_losses_of_many_threads_are_all_counted() -> None:
    def sink(_: bytes) -> None:
        raise OSError(errno.EIO, "no")

    log = LineLog(sink, line_of=lambda _: b"", now=noon)

    def work() -> None:
        for _ in range(500):
            log.write(RECORD)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.failures == 4000


def test_a_logger_is_a_sink(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("evalgate.calls.test")
    log = LineLog(logger_sink(logger), line_of=line_of, now=noon)
    with caplog.at_level(logging.INFO, logger.name):
        log.write(RECORD)
    assert [json.loads(record.getMessage())["prompt"] for record in caplog.records] == [
        "support-reply"
    ]
    assert "\n" not in caplog.records[0].getMessage()


def test_a_day_file_is_a_sink(tmp_path: Path) -> None:
    log = LineLog(DayFile(tmp_path, now=noon), line_of=line_of, now=noon)
    log.write(RECORD)
    assert len(list(lines_of(tmp_path))) == 1
