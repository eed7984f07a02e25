"""Facts about deleting what was stored, in real files."""

import json
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from evalgate.adapters.answer_store import ANSWERS, AnswerStore
from evalgate.adapters.database import open_database, transaction
from evalgate.adapters.deletion import Deleted, Selection, delete_answers, delete_from_records
from evalgate.adapters.trial_file import TrialFile
from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.chat import Completion, Usage

DAY = 86_400.0
NOW = 1_800_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


def answer(text: str) -> Completion:
    usage = Usage(input_tokens=1, output_tokens=1)
    return Completion(text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1)


def fill(path: Path, *rows: tuple[str, float]) -> None:
    """Store an answer for each label and its age in days; label and text are its key."""
    for label, age in rows:
        moment = NOW - age * DAY
        with AnswerStore(path, max_age_days=30, now=partial(float, moment)) as store:
            store.keep(label, answer(f"secret of {label}"), label=label)


def stored(path: Path) -> list[str]:
    with closing(open_database(path, ANSWERS)) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM answers ORDER BY key")]


def delete(path: Path, selection: Selection, *, dry_run: bool = False) -> Deleted:
    return delete_answers(path, selection, now=NOW, dry_run=dry_run, patience=0.05)


def words(path: Path) -> bytes:
    """Return all that the file and its companions hold."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.iterdir()))


def test_answers_of_an_age_and_older_are_deleted(path: Path) -> None:
    fill(path, ("young/0", 29.9), ("old/0", 30), ("older/0", 400))
    gone = delete(path, Selection(older_than_days=30))
    assert gone == Deleted(deleted=2, left=1)
    assert stored(path) == ["young/0"]


def test_the_answers_of_one_case_are_deleted_and_of_no_case_that_is_called_alike(
    path: Path,
) -> None:
    others = ("a/b/0", "ab/0", "a%/0", "A/0", "/0", "b/0")
    fill(path, ("a/0", 0), ("a/12", 0), *((each, 0) for each in others))
    assert delete(path, Selection(case="a")) == Deleted(deleted=2, left=6)
    assert stored(path) == sorted(others)
    assert delete(path, Selection(case="a/b")) == Deleted(deleted=1, left=5)


def test_age_and_case_together_select_what_is_both(path: Path) -> None:
    fill(path, ("a/0", 0), ("a/1", 9), ("b/0", 9))
    assert delete(path, Selection(case="a", older_than_days=5)) == Deleted(deleted=1, left=2)
    assert stored(path) == ["a/0", "b/0"]


def test_without_a_selection_all_answers_are_deleted(path: Path) -> None:
    fill(path, ("a/0", 0), ("b/0", -5))
    assert delete(path, Selection()) == Deleted(deleted=2, left=0)
    assert stored(path) == []


def test_a_dry_run_counts_and_deletes_nothing(path: Path) -> None:
    fill(path, ("a/0", 0), ("b/0", 40))
    assert delete(path, Selection(older_than_days=30), dry_run=True) == Deleted(deleted=1, left=1)
    assert stored(path) == ["a/0", "b/0"]


def test_the_words_are_really_gone(path: Path) -> None:
    fill(path, *((f"a/{each}", 0) for each in range(50)), ("b/0", 0))
    with AnswerStore(path, max_age_days=30, now=lambda: NOW) as store:
        store.find("b/0")  # a run that has the file open, so that its companions stay
        before = words(path)
        assert before.count(b"secret of a/7") > 0
        delete(path, Selection(case="a"))
        assert b"secret of a/" not in words(path)
        assert b"secret of b/0" in words(path)
        assert store.find("b/0") == answer("secret of b/0")
        store.keep("c", answer("new"), label="c/0")
        assert store.notice is None


def test_the_file_becomes_smaller(path: Path) -> None:
    fill(path, *((f"a/{each}", 0) for each in range(100)))
    size = path.stat().st_size
    delete(path, Selection())
    assert path.stat().st_size < size / 2


def test_a_process_that_is_reading_is_told_of(path: Path) -> None:
    fill(path, ("a/0", 0))
    with closing(open_database(path, ANSWERS)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM answers").fetchone()
        assert delete(path, Selection()) == Deleted(deleted=1, left=0, in_use=True)


def test_a_process_that_is_writing_for_long_stops_the_deletion(path: Path) -> None:
    fill(path, ("a/0", 0))
    with (
        closing(open_database(path, ANSWERS)) as writer,
        transaction(writer),
        pytest.raises(UsageError, match=r"answers.sqlite: .*database is locked"),
    ):
        delete(path, Selection())
    assert stored(path) == ["a/0"]


def test_answers_from_the_future_age_from_now_on(path: Path) -> None:
    fill(path, ("a/0", -1000))
    assert delete(path, Selection(older_than_days=1)) == Deleted(deleted=0, left=1)
    later = delete_answers(path, Selection(older_than_days=1), now=NOW + DAY, dry_run=False)
    assert later == Deleted(deleted=1, left=0)


def test_where_nothing_is_stored_nothing_is_made(path: Path) -> None:
    assert delete(path, Selection()) == Deleted(deleted=0, left=0)
    assert not path.parent.exists()


def test_a_link_is_refused_even_when_it_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "nothing")
    with pytest.raises(UsageError, match="is a link"):
        delete(tmp_path / "link.sqlite", Selection())


# Records


def line(case: str, trial: int = 0) -> str:
    return json.dumps({"schema": "trial/1", "case": case, "trial": trial, "passed": True}) + "\n"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "reports/baselines"
    folder.mkdir(parents=True)
    (folder / "one.jsonl").write_text(line("a") + line("b") + "\n" + line("a", 1) + line("ab"))
    (folder / "two.jsonl").write_text(line("c") + line("a").strip())
    (folder / "three.jsonl").write_text(line("c"))
    (folder / "notes.txt").write_text(line("a"))
    yield folder
    assert not [each for each in folder.iterdir() if each.suffix not in (".jsonl", ".txt")]


def test_whole_lines_of_a_case_are_deleted_from_every_record(records: Path) -> None:
    (records / "one.jsonl").chmod(0o640)
    untouched = (records / "three.jsonl").stat().st_ino
    assert delete_from_records(records, "a", dry_run=False) == Deleted(deleted=3, left=4)
    assert (records / "one.jsonl").read_text() == line("b") + line("ab")
    assert (records / "two.jsonl").read_text() == line("c")
    assert (records / "one.jsonl").stat().st_mode & 0o777 == 0o640
    assert (records / "three.jsonl").stat().st_ino == untouched
    assert [each.case for each in TrialFile(records / "one.jsonl").read()] == ["b", "ab"]
    assert (records / "notes.txt").read_text() == line("a")


def test_a_dry_run_changes_no_record(records: Path) -> None:
    before = {each: each.read_text() for each in records.iterdir()}
    assert delete_from_records(records, "a", dry_run=True) == Deleted(deleted=3, left=4)
    assert {each: each.read_text() for each in records.iterdir()} == before


@pytest.mark.parametrize(
    "bad", ["no json", "[1]", '{"trial": 0}', '{"case": 1}', "[" * 100_000, '{"case": "\xff']
)
def test_a_line_without_a_case_stops_all_before_anything_has_changed(
    records: Path, bad: str
) -> None:
    (records / "zoo.jsonl").write_bytes(line("d").encode() + bad.encode("latin-1"))
    before = (records / "one.jsonl").read_text()
    with pytest.raises(
        ConfigurationError, match=r"zoo.jsonl:2: expected a trial as one JSON object"
    ):
        delete_from_records(records, "a", dry_run=False)
    assert (records / "one.jsonl").read_text() == before


def test_records_that_are_links_are_refused(records: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(line("a"))
    (records / "zoo.jsonl").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match=r"zoo.jsonl is a link"):
        delete_from_records(records, "a", dry_run=False)
    (records / "zoo.jsonl").unlink()
    (tmp_path / "link").symlink_to(records)
    for folder in (tmp_path / "link", tmp_path / "none", tmp_path / "outside"):
        with pytest.raises(UsageError, match="expected a folder of records, got none"):
            delete_from_records(folder, "a", dry_run=False)
    assert (tmp_path / "outside").read_text() == line("a")


def test_a_record_that_is_a_folder_is_an_error(records: Path) -> None:
    (records / "zoo.jsonl").mkdir()
    with pytest.raises(UsageError, match="records cannot be changed here: Is a directory"):
        delete_from_records(records, "a", dry_run=False)
