"""Settings that all tests share."""

import gc
import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.machine import slowness

# Time limits per example measure the machine, not the code. Every change sees the same examples in
# CI; what is merged is tried with more of them, which differ from run to run.
settings.register_profile("full", deadline=None, max_examples=200)
settings.register_profile(
    "evalgate", deadline=None, max_examples=25, derandomize="CI" in os.environ
)
settings.load_profile("evalgate")

# The width of the terminal in which the tests were started is none of theirs; the readline library
# passes it on to the processes that run tests side by side.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)


_NUMBERS = count()

# Collecting makes a million objects that stay: looking at them again and again would take half as long
# as collecting does.
gc.disable()


def pytest_report_header() -> str:
    """Say how fast the machine is, since it decides how long everything takes."""
    return f"machine: {slowness():.1f} times as slow as the one that limits of time were set on"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Load the files that have a test to run alone, where nothing else is asked for."""
    is_file = collection_path.suffix == ".py"
    return (config.option.markexpr == "alone" and is_file and not _says(collection_path)) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have a slow test.

    Files are handed to the processes in this order: with a long one last, all others would wait.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    alone = {item.path for item in items if item.get_closest_marker("alone")}
    unfound = sorted(str(path) for path in alone if not _says(path))
    if unfound:
        raise pytest.UsageError(f"nobody would run them: write `mark.alone` itself in {unfound}")


def _says(path: Path) -> bool:
    return "mark.alone" in path.read_text("utf-8")


def pytest_collection_finish() -> None:
    """Spare what stays to the end from being looked at by every collection of garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep stored answers of tests away from the user's, and from other tests."""
    own = f"cache-{next(_NUMBERS)}"
    monkeypatch.setenv("EVALGATE_CACHE", str(tmp_path_factory.getbasetemp() / own))
