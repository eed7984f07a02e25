"""Incidents lie in the repository around the work, unless another folder is named."""

from argparse import Namespace
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import create_repository
from evalgate.cli.incident_place import folder_of, own_command, seen_from, signed
from evalgate.errors import UsageError


def test_the_folder_is_that_of_the_repository_or_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_repository(tmp_path, "main")
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert folder_of(Namespace(incidents=None)).path == tmp_path.resolve() / "reports/incidents"
    monkeypatch.chdir(tmp_path)
    assert folder_of(Namespace(incidents=None)).path == Path("reports/incidents")
    assert folder_of(Namespace(incidents=Path("x"))).path == Path("x")


def test_a_command_names_the_folder_and_can_be_copied() -> None:
    assert own_command(Namespace(incidents=None), "show", "i-1") == "evalgate incident show i-1"
    told = own_command(Namespace(incidents=Path("our incidents")), "act", "i-1", "a;b", "--yes")
    assert told == "evalgate incident act i-1 'a;b' --yes --incidents 'our incidents'"


def test_who_signs_is_named_or_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.delenv("LOGNAME", raising=False)
    monkeypatch.setenv("USER", "bo")
    assert signed(Namespace(by="Ann")).by == "Ann"
    assert signed(Namespace(by="")).by == "bo"
    monkeypatch.delenv("USER")
    assert signed(Namespace(by="")).by == "somebody"
    with pytest.raises(UsageError, match="by"):
        signed(Namespace(by="x" * 500))


def test_a_path_is_seen_from_the_root_and_never_from_outside(tmp_path: Path) -> None:
    assert seen_from(tmp_path, tmp_path / "a" / ".." / "b") == "b"
    with pytest.raises(UsageError, match="outside"):
        seen_from(tmp_path / "a", tmp_path / "b")
