"""Facts about the demo and the simulator as commands."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from evalgate.cli.demo import EDITS


def test_the_demo_passes_the_harmless_change_and_blocks_the_damaging_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evalgate", "demo", "--out", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    verdicts = {}
    for edit in EDITS:
        folder = tmp_path / "demo" / edit.name
        verdict = json.loads((folder / "verdict.json").read_text())
        verdicts[edit.name] = (verdict["verdict"], verdict["exit_code"])
        assert verdict["simulated"] is True
        page = (folder / "report.html").read_text()
        assert "Answers are simulated" in page
        assert "Answers are simulated" in (folder / "comment.md").read_text()
        assert str(folder / "report.html") in done.stdout
    assert f"first go to {tmp_path / 'demo' / 'repository'}." in done.stdout
    assert "evalgate run --base " in done.stdout
    assert verdicts == {"harmless": ("pass", 0), "damaging": ("fail", 1)}


def test_the_simulator_says_where_it_listens_and_ends_on_interrupt() -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "evalgate", "simulate", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert "listens on http://127.0.0.1:" in server.stdout.readline()
    server.send_signal(signal.SIGINT)
    _, complaints = server.communicate(timeout=20)
    assert server.returncode == 130
    assert complaints == "evalgate: interrupted; what was written stays\n"
