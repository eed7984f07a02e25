"""The folders that the Action's inputs name, against a real checkout and what it has committed."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.cli.action_folders import check_uncommitted, result_folder
from evalgate.cli.environment import Environment
from evalgate.cli.workflow import Inputs
from evalgate.errors import UsageError


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """Check out a commit with a file, and links to the folder around it and to itself."""
    root = tmp_path / "checkout"
    create_repository(root, "main")
    (root / "out").mkdir()
    (root / "out/verdict.json").write_text("{}", "utf-8")
    (root / "away").symlink_to(tmp_path)
    (root / "self").symlink_to(".")
    commit_all(root, "Bring results")
    (tmp_path / "alias").symlink_to(root)
    with chdir(root):
        yield root


@pytest.mark.parametrize(
    "folder",
    ["out", "OUT", "./new/../out", "out/verdict.json/new", "away/new", "self/new", "."],
)
def test_a_folder_in_which_the_commit_has_something_is_refused(checkout: Path, folder: str) -> None:
    for named in (Path(folder), checkout / folder, checkout.with_name("alias") / folder):
        with pytest.raises(UsageError, match=r"the input merge names .* no pull request can fill"):
            check_uncommitted("merge", named)


@pytest.mark.parametrize("folder", ["new", "out/deeper", "output", "../elsewhere", ".."])
def test_a_folder_that_only_the_job_can_have_filled_is_taken(checkout: Path, folder: str) -> None:
    check_uncommitted("out", checkout / folder)
    assert result_folder(Inputs(out=folder), Environment()) == Path(folder)


def test_results_go_into_a_new_temporary_folder_when_none_is_named(tmp_path: Path) -> None:
    environment = Environment(temporary=str(tmp_path))
    first, second = (result_folder(Inputs(), environment) for _ in range(2))
    assert first.parent == second.parent == tmp_path / "evalgate"
    assert first != second
    with pytest.raises(UsageError, match="RUNNER_TEMP"):
        result_folder(Inputs(), Environment())


def test_the_folder_for_results_is_held_to_it(checkout: Path) -> None:
    assert checkout.is_dir()
    with pytest.raises(UsageError, match=r"the input out names out, .* has out/verdict\.json"):
        result_folder(Inputs(out="out"), Environment())
