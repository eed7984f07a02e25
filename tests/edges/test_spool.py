"""Facts about the spool: its bound, its thread, and what becomes of it in a fork."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent
from threading import Thread

import pytest

from evalgate.adapters.spool import MOST_LINE_BYTES, Spool
from evalgate.model.call_ports import Event, EventKind
from tests.edges.samples import make_sample
from tests.machine import slowness

ROOT = Path(__file__).parents[2]


def lines(folder: Path) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for path in folder.glob("samples-*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]


def make_spool(folder: Path, told: list[Event] | None = None, *, most_waiting: int = 1000) -> Spool:
    tell = [] if told is None else told
    return Spool(folder, days=7, most_waiting=most_waiting, tell=tell.append)


def test_what_is_put_is_written(tmp_path: Path) -> None:
    spool = make_spool(tmp_path)
    assert spool.put(make_sample(request_id="a"))
    assert spool.put(make_sample(request_id="b"))
    assert spool.flush()
    assert [line["request_id"] for line in lines(tmp_path)] == ["a", "b"]
    spool.close()


def test_without_a_sample_nothing_is_made(tmp_path: Path) -> None:
    spool = make_spool(tmp_path / "spool")
    spool.close()
    assert not (tmp_path / "spool").exists()


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    spool = make_spool(tmp_path, most_waiting=10_000)
    many = [Thread(target=lambda: [spool.put(make_sample()) for _ in range(200)]) for _ in range(8)]
    for each in many:
        each.start()
    for each in many:
        each.join()
    spool.close(within=20)
    assert len(lines(tmp_path)) == 1600
    assert spool.dropped == spool.failures == 0


def test_a_full_queue_drops_counts_and_says_so_once(tmp_path: Path) -> None:
    told: list[Event] = []
    spool = make_spool(tmp_path, told, most_waiting=0)
    assert not spool.put(make_sample())
    assert not spool.put(make_sample())
    assert spool.dropped == 2
    spool._most_waiting = 10
    assert spool.put(make_sample())
    assert spool.flush()
    spool._most_waiting = 0
    assert not spool.put(make_sample())
    spool.close()
    assert [event.kind for event in told] == [EventKind.SPOOL_FULL]
    assert told[0].message == (
        "2 sampled calls were not kept: in this process 2 found the queue full,"
        " and 0 could not be written"
    )
    assert len(lines(tmp_path)) + spool.dropped == 4


def test_what_cannot_be_written_is_counted(tmp_path: Path) -> None:
    told: list[Event] = []
    (tmp_path / "file").write_text("")
    spool = make_spool(tmp_path / "file", told)
    spool.put(make_sample("nobody must read this"))
    assert spool.flush()
    spool.close()
    assert (spool.dropped, spool.failures) == (0, 1)
    assert [event.kind for event in told] == [EventKind.SPOOL_FULL]
    assert "nobody" not in str(told)


def test_the_thread_goes_on_after_a_failure(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.write_text("")
    spool = make_spool(folder)
    spool.put(make_sample(request_id="a"))
    assert spool.flush()
    folder.unlink()
    spool.put(make_sample(request_id="b"))
    assert spool.flush()
    spool.close()
    assert [line["request_id"] for line in lines(folder)] == ["b"]


def test_an_endless_answer_is_dropped(tmp_path: Path) -> None:
    spool = make_spool(tmp_path)
    assert not spool.put(make_sample("x" * (MOST_LINE_BYTES + 1)))
    assert spool.dropped == 1


def test_after_the_end_samples_are_dropped_and_counted(tmp_path: Path) -> None:
    spool = make_spool(tmp_path)
    spool.close()
    assert not spool.put(make_sample())
    assert spool.dropped == 1


def test_putting_takes_no_longer_than_its_caller_can_spare(tmp_path: Path) -> None:
    spool = make_spool(tmp_path, most_waiting=100_000)
    sample, number = make_sample("x" * 2000), 2000
    before = time.thread_time()
    for _ in range(number):
        spool.put(sample)
    each = (time.thread_time() - before) / number
    spool.close(within=20)
    assert each < 50e-6 * slowness()  # 10 on a machine that does nothing else


PROGRAM = """
    import os, sys, warnings
    from pathlib import Path
    from evalgate.adapters.spool import Spool
    from tests.edges.samples import make_sample

    warnings.simplefilter("ignore", DeprecationWarning)  # forking beside a thread is the point
    spool = Spool(Path(sys.argv[1]), days=7, most_waiting=10_000, tell=lambda event: None)
    for number in range(50):
        spool.put(make_sample(request_id=f"parent-{number}"))
    children = []
    for child in range(4):
        process = os.fork()
        if not process:
            for number in range(100):
                spool.put(make_sample("x" * 5_000, request_id=f"{child}-{number}"))
            sys.exit(0)
        children.append(process)
    assert [os.waitpid(each, 0)[1] for each in children] == [0] * 4
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forked_workers_write_one_file_and_lose_nothing_at_their_end(tmp_path: Path) -> None:
    command = (sys.executable, "-c", dedent(PROGRAM), str(tmp_path))
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = sorted(str(line["request_id"]) for line in lines(tmp_path))
    wanted = [f"parent-{number}" for number in range(50)]
    wanted += [f"{child}-{number}" for child in range(4) for number in range(100)]
    assert found == sorted(wanted)
