"""Settings that all tests share."""

import gc
import os

import pytest
from hypothesis import settings

# Time limits per example measure the machine, not the code; in CI every run sees the same examples.
settings.register_profile("evalgate", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("evalgate")

# The width of the terminal in which the tests were started is none of theirs; the readline library
# passes it on to the processes that run tests side by side.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have a slow test.

    Files are handed to the processes in this order: with a long one last, all others would wait.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Spare what stays to the end from being looked at by every collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep stored answers of tests away from the user's, and from other tests."""
    monkeypatch.setenv("EVALGATE_CACHE", str(tmp_path_factory.mktemp("cache")))
