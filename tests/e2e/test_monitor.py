"""Facts about `evalgate monitor`: a day of production through the command line."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from evalgate.cli.main import main
from tests.e2e.monitor_shop import AT, HOUR, Fault, Shop, moved
from tests.e2e.shop import environment

ROOT = Path(__file__).parents[2]

NOW = "--as-of=2026-11-22T00:00:00Z"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(root=tmp_path)


def document(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["monitor", "--json", NOW, *words]) == code
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_nothing_at_all_is_not_well_and_says_what_makes_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    told = document(capsys, code=4)
    assert told["standing"] == "unread"
    commands = [each["command"] for each in told["missing"]]
    assert "evalgate monitor logs" in commands
    assert "evalgate score --scores scores" in commands
    assert not (shop.root / "logs").exists()


def test_calls_that_no_rule_looks_at_are_not_watched(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=500)
    told = document(capsys, code=3)
    assert told["standing"] == "unwatched"
    assert told["traffic"]["calls"] == 500


def test_a_quiet_day_is_well(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.serve(calls=5_000)
    shop.write_policy()
    told = document(capsys)
    assert (told["standing"], told["alarms"]) == ("well", [])
    assert {each["name"] for each in told["budgets"]} == {"answered", "quick", "readable"}


def test_an_outage_pages_and_its_alarm_ends_with_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=20_000, fault=Fault(since=AT - 2 * HOUR, failing=0.4))
    shop.write_policy()
    told = document(capsys, code=1)
    (alarm,) = told["alarms"]
    assert (alarm["signal"], alarm["urgency"]) == ("burn", "page")
    shop.serve(calls=20_000, fault=Fault(since=AT - 9 * HOUR, until=AT - 8 * HOUR, failing=0.4))
    told = document(capsys)
    assert [each["signal"] for each in told["past"]]


def test_a_fall_of_quality_below_what_was_frozen_pages_until_it_is_over(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=30_000, days=2, fault=Fault(since=AT - 5 * HOUR, lower=0.15))
    freeze = ("--since=2026-11-20T00:00:00Z", "--until=2026-11-21T12:00:00Z", "--by=ann")
    assert main(["monitor", "freeze", *freeze, "--as-of=2026-11-21T12:00:00Z"]) == 0
    told = document(capsys, code=1)
    alarm = told["alarms"][0]
    assert (alarm["signal"], alarm["stream"]["criterion"]) == ("fall", "accuracy")
    assert alarm["began"].startswith("2026-11-21T19")
    trend = next(each for each in told["trends"] if each["stream"]["criterion"] == "accuracy")
    assert trend["mean"] < trend["limit"] < trend["baseline"]
    assert trend["course"][-1]["mean"] < trend["course"][0]["mean"] - 0.1
    assert main(["monitor", "--once", "--as-of=2026-11-21T18:00:00Z"]) == 0


def test_every_call_is_in_exactly_one_slice_of_each_kind(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=3_000, days=3)
    told = document(capsys, code=3)
    kinds = {each["by"] for each in told["slices"]}
    for kind in kinds:
        own = [each for each in told["slices"] if each["by"] == kind]
        assert sum(each["calls"] for each in own) == 1_000
    assert told["lines"]["calls"] == 3_000
    assert sum(each["calls"] for each in told["course"]) == 1_000


def test_damaged_lines_are_counted_and_stop_nothing(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=100)
    with (shop.logs / "calls-2026-11-21.jsonl").open("ab") as file:
        file.write(b'{"schema":"call/1","ts":\n\n{"schema":"call/9","ts":"x"}\n{"schema":"call/1"')
    told = document(capsys, code=3)
    assert told["lines"] == {
        "total": 103,
        "calls": 100,
        "events": 0,
        "passed_over": 0,
        "empty": 1,
        "left_out": 2,
    }
    assert told["losses"] == {
        "log_lines_lost": 0,
        "newer_calls": 1,
        "samples_dropped": 0,
        "unfinished_files": 1,
        "unreadable_calls": 1,
    }


def test_a_pointer_that_moved_is_one_change_whoever_tells_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=2_000)
    for host in range(3):
        shop.tell(moved(AT - 6 * HOUR + host, "v2", "v3"))
    told = document(capsys, code=3)
    changes = [each for each in told["changes"] if each["kind"] == "prompt"]
    assert [(each["before"], each["after"]) for each in changes] == [("v2", "v3")]
    assert "application" in {each["kind"] for each in told["changes"]}


def test_the_same_files_give_the_same_page(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.serve(calls=2_000, fault=Fault(since=AT - 6 * HOUR, lower=0.1))
    shop.write_policy()
    pages = [shop.root / "one.html", shop.root / "out" / "two.html"]
    for page in pages:
        main(["monitor", NOW, "--html", str(page)])
    first, second = (page.read_bytes() for page in pages)
    assert first == second
    assert b"support/chat" in first
    assert "support/chat" in capsys.readouterr().out


def test_nothing_that_was_said_and_no_user_is_told(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.serve(calls=300)
    page = shop.root / "page.html"
    main(["monitor", NOW, "--html", str(page)])
    text = page.read_text() + capsys.readouterr().out
    for private in ("You answer the customers", f"{1:032x}", "01a2007d-0000", "req_011CS"):
        assert private not in text


@pytest.mark.usefixtures("shop")
def test_a_wrong_option_is_a_usage_error() -> None:
    for words in (["--since=5x"], ["--every=0"], ["--prometheus=99999"], ["--as-of=today"]):
        with pytest.raises(SystemExit) as ended:
            main(["monitor", *words])
        assert ended.value.code == 2


def test_a_wrong_policy_is_a_usage_error(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.write_policy("monitor: {objectives: {x: {level: speed, target: 2}}}\n")
    assert main(["monitor", "--once"]) == 2
    assert "monitor.objectives.x" in capsys.readouterr().err


@contextmanager
def watching(folder: Path, *words: str) -> Iterator[str]:
    """Run the monitor in a process of its own, and give the address of its metrics."""
    command = (sys.executable, "-m", "evalgate", "monitor", "--prometheus=0", *words)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        yield process.stderr.readline().split(" at ")[1].strip()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "well: Nothing is wrong" in out
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_a_process_serves_what_it_last_saw_and_counts_what_comes(shop: Shop) -> None:
    shop.serve(calls=400)
    shop.write_policy()
    log = shop.logs / "calls-2026-11-21.jsonl"
    words = ("--every=0.3", "--html=now.html", "--history=366d", "--since=366d")
    with watching(shop.root, *words) as address:
        first = _metrics(address)
        assert 'evalgate_calls_total{feature="search"' in first
        assert _counted(first) == 0
        told = log.read_bytes().splitlines(keepends=True)[:50]
        with log.open("ab") as file:
            file.write(b"".join(told))
        end = time.monotonic() + 30
        while _counted(_metrics(address)) != 50 and time.monotonic() < end:
            time.sleep(0.1)
        assert _counted(_metrics(address)) == 50
        assert (shop.root / "now.html").is_file()


def _metrics(address: str) -> str:
    """Return the metrics, as soon as there are some."""
    end = time.monotonic() + 60
    while True:
        try:
            with urlopen(address, timeout=5) as response:  # noqa: S310 - our own
                body: bytes = response.read()
                return body.decode()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _counted(text: str) -> float:
    found = [line for line in text.splitlines() if line.startswith("evalgate_calls_total{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in found)
