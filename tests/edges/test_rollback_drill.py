"""The drill of a rollback on one host: every process follows, by evidence and by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.rollback_drill import Fleet, drilled, fleet, make_shop
from tests.edges.applications import simulated
from tests.machine import slowness

pytestmark = [pytest.mark.alone, pytest.mark.slow]
MOST_SECONDS = 2.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drill")
    make_shop(folder)
    return folder


@pytest.fixture(scope="module")
def served(shop: Path) -> Iterator[Fleet]:
    with simulated() as server, fleet(shop, server.base_url, processes=4) as processes:
        yield processes


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by evidence"])
def test_four_processes_leave_the_new_version_within_two_seconds(
    shop: Path, served: Fleet, by_hand: bool
) -> None:
    assert drilled(shop, served, by_hand=by_hand).followed < MOST_SECONDS * slowness()
