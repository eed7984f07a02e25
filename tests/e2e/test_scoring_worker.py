"""Facts about the worker as a thread of an application."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.cli.scoring_worker import ScoringWorker
from tests.e2e.scoring_shop import (
    BAD,
    GOOD,
    answered,
    make_scoring_shop,
    scored,
    spool,
    until,
)
from tests.e2e.shop import simulated_claude, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 4 == 0 else GOOD) for n in range(1, 21)))
    return folder


def test_a_thread_of_the_application_scores_too(shop: Path) -> None:
    with (
        simulated_claude() as claude,
        ScoringWorker(
            shop / "prompts",
            scores=shop / "scores",
            spool=shop / "samples",
            policy=shop / ".github/evalgate.yml",
            server=claude.base_url,
            every=0.05,
        ) as worker,
    ):
        until(lambda: worker.scored == 40)
        assert worker.failure == ""
        worker.close()
        assert not worker.is_alive
    assert len(scored(shop)) == 20


def test_a_thread_that_cannot_work_says_so_and_harms_nobody(shop: Path) -> None:
    (shop / "samples").chmod(0o755)
    worker = ScoringWorker(
        shop / "prompts", scores=shop / "scores", spool=shop / "samples", every=0.05
    )
    worker.start()
    until(lambda: "chmod go-rwx" in worker.failure)
    assert worker.is_alive
    (shop / "samples").chmod(0o700)
    write(shop, {"samples/none": ""})
    until(lambda: "chmod" not in worker.failure)
    worker.close()
    assert not worker.is_alive
    os.sched_yield()


def test_an_application_without_the_extra_is_told_which_one_it_lacks() -> None:
    code = (
        "import sys; sys.modules['msgspec'] = None\n"
        "import evalgate\n"
        "from evalgate import Runtime\n"
        "try: evalgate.ScoringWorker\n"
        "except evalgate.UsageError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "evalgate.ScoringWorker needs the package `msgspec`" in done.stdout
    assert ".[gate]" in done.stdout
