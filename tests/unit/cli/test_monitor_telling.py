"""Facts about how a board is told: on the screen, for machines, as a file."""

import json
from pathlib import Path

import pytest

from evalgate.cli.monitor_telling import tell, write_page
from evalgate.errors import UsageError
from tests.unit.reporting.boards import fallen, hostile, well


def test_a_board_is_printed_or_told_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    tell(fallen())
    assert capsys.readouterr().out.startswith("✗ act now")
    tell(fallen(), is_json=True)
    assert json.loads(capsys.readouterr().out)["standing"] == "page"


def test_no_workflow_command_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    tell(hostile())
    assert "::warning::" not in capsys.readouterr().out


def test_a_page_is_written_whole_into_a_folder_that_is_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "monitor.html"
    write_page(well(), file)
    assert file.read_text("utf-8").endswith("</html>")
    assert [each.name for each in file.parent.iterdir()] == ["monitor.html"]
    write_page(well(), None)


def test_a_page_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="file"):
        write_page(well(), tmp_path / "file" / "monitor.html")
