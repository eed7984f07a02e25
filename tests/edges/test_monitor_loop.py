"""The monitor that looks again and again, in a real terminal and without one."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.monitor_shop import Shop
from tests.e2e.shop import environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EVER = ("--history=366d", "--since=366d", "--every=0.3")


@dataclass
class Screen:
    """What a process has written to its terminal."""

    process: "subprocess.Popen[bytes]"
    terminal: int
    text: str = field(default="")

    def wait_for(self, words: str, seconds: float = 60.0) -> None:
        """Read until some words were written."""
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, self.text[-2000:]
            self.read(0.2)

    def read(self, seconds: float) -> None:
        """Read what is there within some time."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if ready:
            try:
                self.text += os.read(self.terminal, 65_536).decode(errors="replace")
            except OSError:  # the other end was closed
                return


@contextmanager
def terminal(folder: Path, *words: str) -> Iterator[Screen]:
    """Run the monitor in a terminal of 120 columns."""
    ours, theirs = pty.openpty()
    variables = {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120", "LINES": "50"}
    process = subprocess.Popen(
        [sys.executable, "-m", "evalgate", "monitor", *words],
        cwd=folder,
        env=environment() | variables,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    try:
        yield Screen(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_terminal_shows_what_comes_until_it_is_ended(tmp_path: Path) -> None:
    shop = Shop(root=tmp_path)
    with terminal(tmp_path, *EVER) as screen:
        screen.wait_for("Nothing could be read")
        assert "\x1b[?1049h" in screen.text  # the whole screen, which is given back at the end
        shop.serve(calls=200)
        screen.wait_for("support/chat")
        screen.process.send_signal(signal.SIGINT)
        screen.wait_for("\x1b[?1049l")
        screen.wait_for("UTC  not watched: Nothing is watched")
        assert screen.process.wait(30) == 0
        assert "Traceback" not in screen.text


def test_without_a_terminal_it_says_what_is_new_alone(tmp_path: Path) -> None:
    shop = Shop(root=tmp_path)
    shop.serve(calls=200)
    policy = "monitor: {alarms: {max_drop: 5}}\n"
    shop.write_policy(policy)
    frozen = tmp_path / "reports" / "baselines" / "quality.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "evalgate", "monitor", *EVER],
        cwd=tmp_path,
        env=environment() | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "not watched" in process.stdout.readline()
        assert not frozen.exists()
        time.sleep(1.5)  # several looks, of which none has anything new to say
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, err) == (0, "")
    assert len(out.splitlines()) == 1  # how it stood at the end
