"""Runs commands of evalgate in a repository of a test, in a process each or in that of the test."""

import os
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from evalgate.cli.main import main
from tests.e2e.shop import environment, start


def evalgate(folder: Path, *arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    """Run one command; `extra` is added to its environment."""
    return start(folder, *arguments, variables=environment() | extra).wait()


def inside(
    folder: Path, *words: str, variables: Mapping[str, str], says: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run one command in the process of the test, which spares loading all of it anew.

    Args:
        folder: where it runs.
        words: of the command line.
        variables: all of its environment.
        says: what is typed into it.
    """
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr("sys.stdin", StringIO(says))
        for name in os.environ.keys() - variables.keys():
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        try:
            code = int(main(words))
        except SystemExit as end:  # of argparse, for words that are no options
            code = end.code if isinstance(end.code, int) else 1
    texts = (each.buffer.getvalue().decode() for each in (out, err))
    return subprocess.CompletedProcess(words, code, *texts)
