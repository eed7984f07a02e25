"""Eval sets are read as they are, and as they were when an incident opened."""

from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import create_repository
from evalgate.cli.incident_sets import earlier_cases, lines_file, read_set, set_place
from evalgate.errors import ConfigurationError, UsageError

SET = "prompts: [p]\ngraders: [{contains: x}]\ncases:\n  - {id: one, vars: {q: a}}\n"
LINES = "prompts: [p]\ngraders: [{contains: x}]\ncases: own.jsonl\n"


def commit(folder: Path, at: str) -> None:
    check(folder, "add", "--all")
    stamp = {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
    words = ("-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "--quiet", "-m", "x")
    check(folder, *words, settings=stamp)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    create_repository(tmp_path, "main")
    (tmp_path / "evalsets").mkdir()
    (tmp_path / "evalsets/plain.yaml").write_text(SET)
    (tmp_path / "evalsets/lines.yml").write_text(LINES)
    (tmp_path / "evalsets/own.jsonl").write_text('{"id": "one", "vars": {"q": "a"}}\n')
    commit(tmp_path, "2026-11-01T10:00:00Z")
    (tmp_path / "evalsets/plain.yaml").write_text(f"{SET}  - {{id: two, vars: {{q: b}}}}\n")
    with (tmp_path / "evalsets/own.jsonl").open("a") as file:
        file.write('{"id": "two", "vars": {"q": "b"}}\n')
    commit(tmp_path, "2026-11-20T10:00:00Z")
    return tmp_path


@pytest.mark.parametrize("name", ["plain", "lines"])
def test_the_past_of_a_set_is_that_of_the_instant(repository: Path, name: str) -> None:
    place = set_place(name, "evalsets", here=repository)
    assert earlier_cases(place, opened_at="2026-11-10T00:00:00Z") == {"one": {"q": "a"}}
    later = earlier_cases(place, opened_at="2026-11-21T00:00:00Z")
    assert later == {"one": {"q": "a"}, "two": {"q": "b"}}
    assert earlier_cases(place, opened_at="2026-10-01T00:00:00Z") == {}


def test_without_git_nobody_knows(tmp_path: Path) -> None:
    (tmp_path / "evalsets").mkdir()
    (tmp_path / "evalsets/plain.yaml").write_text(SET)
    place = set_place("plain", "evalsets", here=tmp_path)
    assert earlier_cases(place, opened_at="2026-11-10T00:00:00Z") is None


def test_a_set_is_found_by_its_name_with_either_ending(repository: Path) -> None:
    assert set_place("lines", "evalsets", here=repository / "evalsets").path == "evalsets/lines.yml"
    with pytest.raises(UsageError, match="did you mean `plain`"):
        set_place("plane", "evalsets", here=repository)


def test_a_set_is_read_with_what_is_to_be_changed(repository: Path) -> None:
    place = set_place("lines", "evalsets", here=repository)
    assert lines_file(place) == "evalsets/own.jsonl"
    assert [each.id for each in read_set(place).cases] == ["one", "two"]
    changed = {"evalsets/own.jsonl": b'{"id": "three", "vars": {"q": "c"}}\n'}
    assert [each.id for each in read_set(place, changed=changed).cases] == ["three"]
    with pytest.raises(ConfigurationError):
        read_set(place, changed={"evalsets/own.jsonl": b"{"})
