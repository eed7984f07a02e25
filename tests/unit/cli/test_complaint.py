"""Facts about what is said on standard error."""

import os
import subprocess
import sys

import pytest

from evalgate.cli.complaint import MOST_LINES, complain, notify
from evalgate.errors import UsageError


def test_every_line_of_an_error_says_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    complain(UsageError("one\ntwo\x1b[31m"))
    first, second = capsys.readouterr().err.splitlines()
    assert (first, second.startswith("evalgate: two"), "\x1b" in second) == (
        "evalgate: one",
        True,
        False,
    )


def test_an_endless_list_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    complain(UsageError("\n".join("x" * (MOST_LINES + 7))))
    assert capsys.readouterr().err.endswith("evalgate: and 7 more\n")


def test_a_notice_is_said_when_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    notify(None)
    notify("the disk\nis full")
    said = capsys.readouterr().err
    assert (said.startswith("evalgate: the disk"), len(said.splitlines())) == (True, 1)


DEAF = """
import sys
from evalgate.cli.complaint import say
say("one")
say("two")
sys.exit(3)
"""


def test_nobody_who_listens_changes_no_exit_code() -> None:
    listening, speaking = os.pipe()
    os.close(listening)
    with os.fdopen(speaking, "wb") as deaf:
        done = subprocess.run([sys.executable, "-c", DEAF], stderr=deaf, check=False)
    assert done.returncode == 3
