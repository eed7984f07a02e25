"""Facts about stored answers in a real file."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters import answer_store
from evalgate.adapters.answer_store import AnswerStore, where
from evalgate.errors import UsageError
from evalgate.model import ports
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Opaque, Text, ToolCall

DAY = 86_400.0
CALL = ToolCall(id="t1", name="größe\ud83d", input={"a\n": [1, None, {"b": "\u2028\udc00"}]})
ANSWER = Completion(
    text="Größe \ud83d\0",
    model="m",
    stop_reason="tool_use",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
    blocks=(Opaque(data={"type": "thinking", "signature": "x"}), Text(text="Hi"), CALL),
    tool_calls=(CALL,),
)


class Time:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(path: Path, time: Time) -> Iterator[AnswerStore]:
    with AnswerStore(path, max_age_days=30, now=time.now) as store:
        yield store


def damage(path: Path, statement: str, *values: bytes) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_an_answer_is_found_by_its_key_and_no_other(store: AnswerStore) -> None:
    port: ports.AnswerStore = store
    assert port.find("k1") is None
    port.keep("k1", ANSWER, label="a/0")
    assert port.find("k1") == ANSWER
    assert port.find("k2") is None


def test_another_run_finds_the_answer(store: AnswerStore, path: Path, time: Time) -> None:
    store.keep("k1", ANSWER, label="a/0")
    with AnswerStore(path, max_age_days=30, now=time.now) as other:
        assert other.find("k1") == ANSWER
    store.close()
    with AnswerStore(path, max_age_days=30, now=time.now) as later:
        assert later.find("k1") == ANSWER


def test_a_newer_answer_takes_the_place_of_an_older_one(store: AnswerStore) -> None:
    store.keep("k1", ANSWER, label="a/0")
    store.keep("k1", replace(ANSWER, text="newer"), label="a/0")
    found = store.find("k1")
    assert found is not None
    assert found.text == "newer"


def test_an_answer_that_was_replaced_leaves_no_words_behind(store: AnswerStore, path: Path) -> None:
    store.keep("k1", replace(ANSWER, text="a secret " * 50), label="a/0")
    store.keep("k1", ANSWER, label="a/0")
    store.close()
    assert b"secret" not in path.read_bytes()


def test_an_answer_is_found_until_it_has_reached_the_age(store: AnswerStore, time: Time) -> None:
    store.keep("k1", ANSWER, label="a/0")
    time.seconds += 30 * DAY - 1
    assert store.find("k1") == ANSWER
    time.seconds += 1
    assert store.find("k1") is None
    store.keep("k1", ANSWER, label="a/0")
    assert store.find("k1") == ANSWER


def test_an_answer_from_the_future_is_fresh(store: AnswerStore, time: Time) -> None:
    store.keep("k1", ANSWER, label="a/0")
    time.seconds -= 400 * DAY
    assert store.find("k1") == ANSWER


def test_an_age_of_no_days_finds_nothing(path: Path, time: Time) -> None:
    with AnswerStore(path, max_age_days=0, now=time.now) as store:
        store.keep("k1", ANSWER, label="a/0")
        time.seconds -= 1
        assert store.find("k1") is None


def test_nothing_is_made_before_the_first_call(path: Path, time: Time) -> None:
    with AnswerStore(path, max_age_days=30, now=time.now):
        pass
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "answer", [b"", b"{", b"[]", b'{"usage": 1}', b"\xff\xfe", b"\0" * 9, b"[" * 100_000]
)
def test_an_answer_that_cannot_be_read_counts_as_none_and_is_replaced(
    store: AnswerStore, path: Path, answer: bytes
) -> None:
    store.keep("k1", ANSWER, label="a/0")
    damage(path, "UPDATE answers SET answer = ?", answer)
    assert store.find("k1") is None
    assert store.notice is None
    store.keep("k1", ANSWER, label="a/0")
    assert store.find("k1") == ANSWER


def test_a_run_goes_on_without_a_store_that_fails(store: AnswerStore, path: Path) -> None:
    store.keep("k1", ANSWER, label="a/0")
    damage(path, "ALTER TABLE answers RENAME TO gone")
    store.keep("k2", ANSWER, label="a/1")
    assert store.notice == (
        f"{path}: answers are no longer stored or found here: no such table: answers"
    )
    assert store.find("k1") is None
    damage(path, "ALTER TABLE gone RENAME TO answers")
    store.keep("k2", ANSWER, label="a/1")
    assert store.find("k1") is None  # once is enough: no call waits for the file again
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT key FROM answers").fetchall() == [("k1",)]


def test_a_store_that_fails_when_it_is_read_is_noticed_too(store: AnswerStore, path: Path) -> None:
    store.keep("k1", ANSWER, label="a/0")
    damage(path, "DROP TABLE answers")
    assert store.find("k1") is None
    assert store.notice is not None


def test_a_file_of_no_use_is_an_error_before_anything_is_paid_for(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("notes")
    with pytest.raises(UsageError) as caught:
        AnswerStore(path, max_age_days=30, now=Time().now).find("k1")
    assert str(caught.value) == (
        f"{path}: stored answers cannot be kept here: file is not a database;"
        " choose another file with --cache, or do without: --no-cache"
    )


CHILD = f"""
import os, resource, signal, sys, time
from pathlib import Path
from evalgate.adapters.answer_store import AnswerStore
from evalgate.model.chat import Completion, Usage
text = "x" * 2000
usage = Usage(input_tokens=1, output_tokens=1)
answer = Completion(text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1)
store = AnswerStore(Path(sys.argv[1]), max_age_days=30, now=lambda: {Time().seconds})
"""
KILLED = """
for each in range(50):
    store.keep(f"k{each}", answer, label="a/0")
os.kill(os.getpid(), signal.SIGKILL)
"""
FULL = """
store.find("none")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for each in range(500):
    store.keep(f"k{each}", answer, label="a/0")
print(store.notice)
"""


def run(path: Path, program: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", CHILD + program, str(path))
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_answers_survive_a_kill_right_after_they_were_stored(
    store: AnswerStore, path: Path
) -> None:
    assert run(path, KILLED).returncode == -signal.SIGKILL
    assert all(store.find(f"k{each}") is not None for each in range(50))


def test_a_full_disk_ends_the_storing_and_loses_nothing_that_was_stored(
    store: AnswerStore, path: Path
) -> None:
    done = run(path, FULL)
    assert done.stderr == ""
    assert done.stdout.startswith(f"{path}: answers are no longer stored or found here: ")
    found = [each for each in range(500) if store.find(f"k{each}") is not None]
    assert 10 < len(found) < 500
    assert found == list(range(len(found)))
    store.keep("k499", ANSWER, label="a/0")
    assert store.find("k499") == ANSWER


# Where


def test_the_place_is_named_or_among_the_users_caches() -> None:
    home = {"HOME": "/h"}
    assert where(home) == Path("/h/.cache/evalgate/answers.sqlite")
    assert where({**home, "XDG_CACHE_HOME": "/x"}) == Path("/x/evalgate/answers.sqlite")
    assert where({**home, "XDG_CACHE_HOME": "x"}) == Path("/h/.cache/evalgate/answers.sqlite")
    named = {**home, "XDG_CACHE_HOME": "/x", "EVALGATE_CACHE": "/e"}
    assert where(named) == Path("/e/answers.sqlite")


@pytest.mark.parametrize("variables", [{}, {"EVALGATE_CACHE": "here", "HOME": "/h"}, {"HOME": "."}])
def test_a_place_in_the_checkout_is_never_guessed(variables: dict[str, str]) -> None:
    with pytest.raises(
        UsageError, match=r"expected an absolute folder, got `.*; set EVALGATE_CACHE"
    ):
        where(variables)


def test_a_label_names_its_case_whatever_the_case_is_called() -> None:
    assert answer_store.case_of("returns/late/12") == b"returns/late"
    assert answer_store.case_of("a\ud800/0") == b"a\\ud800"
