"""Settings that all tests share."""

import os

import pytest
from hypothesis import settings

# Time limits per example measure the machine, not the code; in CI every run sees the same examples.
settings.register_profile("evalgate", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("evalgate")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep stored answers of tests away from the user's, and from other tests."""
    monkeypatch.setenv("EVALGATE_CACHE", str(tmp_path_factory.mktemp("cache")))
