"""Each action of `evalgate incident` loads what it needs, and nothing of the others."""

import subprocess
import sys
from argparse import Namespace

import pytest

from evalgate.cli import incident
from evalgate.cli.main import PARTS, main
from evalgate.errors import UsageError

GATE, ROLLOUTS, PROVING = (
    "evalgate.gate.gate",
    "evalgate.rollout.evidence",
    "evalgate.cli.incident_proving",
)
ACTIONS = sorted(action for verb, action in PARTS if verb == "incident")


def test_the_help_names_every_action_and_how_it_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["incident", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"    {action} " in shown for action in ACTIONS)
    assert "evalgate incident ACTION --help" in shown


def test_an_action_that_is_none_is_told_with_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["incident", "resolve"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(action in said for action in ACTIONS)


def test_an_action_comes_right_after_the_verb() -> None:
    with pytest.raises(UsageError, match=r"`evalgate incident list …`"):
        incident.run(Namespace(action="list"))


@pytest.mark.parametrize("action", ["", *ACTIONS])
def test_no_action_loads_the_gate_or_rollouts_before_it_has_to(action: str) -> None:
    words = ["incident", *([action] if action else []), "--help"]
    program = (
        "import contextlib, io, sys\nfrom evalgate.cli.main import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        f"    main({words!r})\n"
        f"print(*sorted({{{GATE!r}, {ROLLOUTS!r}, {PROVING!r}}} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("\n", "", 0)
