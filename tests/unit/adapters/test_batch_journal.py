"""Facts about the file that knows the batches of a run."""

from pathlib import Path

import pytest

from evalgate.adapters.batch_journal import BatchJournalFile
from evalgate.errors import ConfigurationError, EvaluationError
from evalgate.model.ports import Batch, BatchJournal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run/batches.jsonl"


def test_what_became_of_each_batch_is_read_back(path: Path) -> None:
    journal: BatchJournal = BatchJournalFile(path)
    first = journal.submitted(journal.intend(["a", "b"]), "msgbatch_1")
    journal.end(first)
    second = journal.submitted(journal.intend(["c"]), "msgbatch_2")
    third = journal.intend(["d"])
    assert BatchJournalFile(path).batches() == journal.batches()
    assert journal.batches() == (
        Batch(number=0, keys=("a", "b"), id="msgbatch_1", is_over=True),
        second,
        third,
    )
    assert (second.id, third.id) == ("msgbatch_2", "")


def test_nothing_is_written_before_something_is_known(path: Path) -> None:
    assert BatchJournalFile(path).batches() == ()
    assert not path.parent.exists()


def test_a_line_is_there_before_the_batch_is_handed_in(path: Path) -> None:
    BatchJournalFile(path).intend(["a"])
    assert BatchJournalFile(path).batches() == (Batch(number=0, keys=("a",)),)


@pytest.mark.parametrize("length", [1, 8, 30])
def test_a_last_line_that_was_cut_off_is_forgotten_and_written_over(
    path: Path, length: int
) -> None:
    journal = BatchJournalFile(path)
    journal.submitted(journal.intend(["a"]), "msgbatch_1")
    whole, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(whole + last[: min(length, len(last) - 1)])
    again = BatchJournalFile(path)
    (batch,) = again.batches()
    assert batch == Batch(number=0, keys=("a",))
    again.submitted(batch, "msgbatch_2")
    assert BatchJournalFile(path).batches()[0].id == "msgbatch_2"


@pytest.mark.parametrize("line", ["x", "[1]", '{"batch": 3}', '{"batch": "a"}', '{"batch": -1}'])
def test_a_line_that_is_none_of_ours_is_named(path: Path, line: str) -> None:
    BatchJournalFile(path).intend(["a"])
    with path.open("a") as out:
        out.write(f"{line}\n")
    with pytest.raises(ConfigurationError, match=r"batches\.jsonl:2: "):
        BatchJournalFile(path)


def test_a_place_that_cannot_be_written_or_read_is_said(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(EvaluationError, match="batches cannot be noted here: "):
        BatchJournalFile(path).intend(["a"])
    path.parent.unlink()
    path.mkdir(parents=True)
    with pytest.raises(EvaluationError, match="batches cannot be noted here: Is a directory"):
        BatchJournalFile(path)
