"""Facts about deleting remembered answers from a real file."""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from evalgate.adapters.answer_cache import SqliteCache
from evalgate.adapters.answer_store import ANSWERS
from evalgate.adapters.database import open_database
from evalgate.adapters.deletion import Deleted
from evalgate.adapters.forgetting import forget_answers
from evalgate.errors import UsageError
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, Usage

NOW = 1_800_000_000.0
AGES = {"new": 0.0, "old": 100.0, "older": 200.0, "future": -100.0}


def answer(text: str) -> Kept:
    usage = Usage(input_tokens=1, output_tokens=1)
    completion = Completion(text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1)
    return Kept(completion=completion, route="", at=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "remembered.sqlite"

    async def fill() -> None:
        for key, age in AGES.items():
            cache = SqliteCache(path, now=partial(float, NOW - age))
            await cache.keep(key, answer(f"the {key} secret"), seconds=1e6)
            await cache.aclose()

    asyncio.run(fill())
    return path


def left(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM remembered")}


def test_answers_of_an_age_and_from_the_future_are_deleted(path: Path) -> None:
    gone = forget_answers(path, older_than=100, now=NOW, dry_run=False)
    assert gone == Deleted(deleted=3, left=1)
    assert left(path) == {"new"}


def test_all_answers_are_deleted_with_their_words(path: Path) -> None:
    assert forget_answers(path, older_than=None, now=NOW, dry_run=False).left == 0
    assert b"secret" not in path.read_bytes()
    assert b"secret" not in b"".join(each.read_bytes() for each in path.parent.glob("*-wal"))


def test_a_dry_run_only_counts(path: Path) -> None:
    gone = forget_answers(path, older_than=150, now=NOW, dry_run=True)
    assert gone == Deleted(deleted=2, left=2)
    assert left(path) == set(AGES)


def test_a_running_process_goes_on_and_finds_nothing(path: Path) -> None:
    async def work() -> None:
        cache = SqliteCache(path, now=lambda: NOW)
        assert await cache.find("old") == answer("the old secret")
        await asyncio.to_thread(forget_answers, path, older_than=None, now=NOW, dry_run=False)
        assert await cache.find("old") is None
        await cache.keep("old", answer("again"), seconds=100)
        assert await cache.find("old") == answer("again")
        assert cache.failures == 0
        await cache.aclose()

    asyncio.run(work())


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    assert forget_answers(path, older_than=None, now=NOW, dry_run=False) == Deleted(
        deleted=0, left=0
    )
    assert not path.exists()


def test_a_file_of_the_gate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    open_database(path, ANSWERS).close()
    with pytest.raises(UsageError, match="expected a file of remembered answers"):
        forget_answers(path, older_than=None, now=NOW, dry_run=False)


def test_a_locked_file_is_said_to_be_in_use(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(UsageError, match="cannot be kept here"):
            forget_answers(path, older_than=None, now=NOW, dry_run=False, patience=0.01)
