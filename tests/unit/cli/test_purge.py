"""Facts about `evalgate purge`."""

import asyncio
import time
from functools import partial
from pathlib import Path

import pytest

from evalgate.adapters.answer_cache import SqliteCache
from evalgate.adapters.answer_store import AnswerStore
from evalgate.cli.main import main
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, Usage

ANSWER = Completion(
    text="Hi",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the usual place, with an answer of today and one that is forty days old."""
    monkeypatch.setenv("EVALGATE_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "cache" / "answers.sqlite"
    for label, age in (("a/0", 0), ("b/0", 40)):
        moment = time.time() - age * 86_400
        with AnswerStore(path, max_age_days=1, now=partial(float, moment)) as file:
            file.keep(label, ANSWER, label=label)
    return path


def purge(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["purge", *arguments])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def test_old_answers_of_the_usual_place_are_deleted(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = f"1 answer, 1 left, in {cache}\n"
    assert purge(capsys, "--older-than", "30d", "--dry-run") == (0, f"would delete {expected}")
    assert purge(capsys, "--older-than", "700h") == (0, f"deleted {expected}")
    assert purge(capsys, "--older-than", "30d") == (0, f"deleted 0 answers, 1 left, in {cache}\n")


def test_all_answers_of_a_named_file_are_deleted(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.sqlite"
    said = f"deleted 0 answers, 0 left, in {other}, which does not exist\n"
    assert purge(capsys, "--all", "--cache", str(other)) == (0, said)
    assert purge(capsys, "--all") == (0, f"deleted 2 answers, 0 left, in {cache}\n")


def test_a_case_is_deleted_from_the_records_too(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "records"
    records.mkdir()
    (records / "desk.jsonl").write_text('{"case": "a"}\n{"case": "c"}\n{"case": "c"}\n')
    assert purge(capsys, "--case", "a", "--records", str(records)) == (
        0,
        f"deleted 1 line, 2 left, in {records}\n"
        "the history of git still holds what was committed\n"
        f"deleted 1 answer, 1 left, in {cache}\n",
    )
    assert (records / "desk.jsonl").read_text() == '{"case": "c"}\n{"case": "c"}\n'


def test_a_response_cache_is_purged_by_itself(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "remembered.sqlite"

    async def fill() -> None:
        for age in (0, 40):
            moment = time.time() - age * 86_400
            remembered = SqliteCache(path, now=partial(float, moment))
            await remembered.keep(f"{age}", Kept(completion=ANSWER, route="", at=0), seconds=1e7)
            await remembered.aclose()

    asyncio.run(fill())
    here = ("--runtime-cache", str(path))
    expected = f"1 answer, 1 left, in {path}\n"
    old = ("--older-than", "30d", *here)
    assert purge(capsys, *old, "--dry-run") == (0, f"would delete {expected}")
    assert purge(capsys, *old) == (0, f"deleted {expected}")
    assert purge(capsys, "--all", *here) == (0, f"deleted 1 answer, 0 left, in {path}\n")
    assert purge(capsys, "--all")[1] == f"deleted 2 answers, 0 left, in {cache}\n"


@pytest.mark.parametrize(
    "others", [("--case", "a"), ("--all", "--cache", "x"), ("--all", "--records", "x")]
)
def test_a_response_cache_knows_answers_by_age_alone(
    others: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = purge(capsys, "--runtime-cache", str(tmp_path / "x"), *others)
    assert (code, "--runtime-cache does not go with --" in said) == (2, True)


def test_records_are_deleted_by_case_alone(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = purge(capsys, "--all", "--records", str(tmp_path))
    assert (code, said.startswith("evalgate: --records needs --case")) == (2, True)
    assert purge(capsys, "--all")[1] == f"deleted 2 answers, 0 left, in {cache}\n"


def test_without_a_place_the_error_says_how_to_name_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("EVALGATE_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    code, said = purge(capsys, "--all")
    assert code == 2
    assert "set EVALGATE_CACHE" in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all", "--case", "a"),
        ("--older-than", "30"),
        ("--older-than", "-1d"),
        ("--older-than", "1e9d"),
        ("--older-than", "٣d"),
    ],
)
def test_what_is_to_be_deleted_is_said_once_and_clearly(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["purge", *arguments])
    assert ended.value.code == 2
    assert "usage: evalgate purge" in capsys.readouterr().err
