"""Facts about the drill on a copy of the prompts."""

from pathlib import Path

import pytest

from evalgate.cli.doctor_drill import drilled
from tests.e2e.prompt_shop import make_prompts
from tests.e2e.shop import version, write
from tests.machine import slowness

pytestmark = pytest.mark.alone


def test_switch_and_rollback_are_followed_on_a_copy(tmp_path: Path) -> None:
    folder = make_prompts(tmp_path) / "prompts"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    drill = drilled(folder)
    assert (drill.prompt, drill.failure) == ("p", "")
    assert drill.switched is not None
    assert drill.rolled_back is not None
    assert 0 < drill.switched < 2 * slowness()
    assert 0 < drill.rolled_back < 2 * slowness()
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_prompt_that_can_be_rolled_back_is_taken_before_one_that_cannot(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    write(tmp_path, {"prompts/a/v1.md": version("A."), "prompts/a/live.yaml": "stable: v1\n"})
    assert drilled(tmp_path / "prompts").prompt == "p"


def test_without_a_goal_the_switch_alone_is_timed(tmp_path: Path) -> None:
    write(tmp_path, {"prompts/a/v1.md": version("A."), "prompts/a/live.yaml": "stable: v1\n"})
    drill = drilled(tmp_path / "prompts")
    assert (drill.prompt, drill.failure, drill.rolled_back) == ("a", "", None)
    assert drill.switched is not None


def test_what_cannot_be_drilled_is_told_in_words(tmp_path: Path) -> None:
    assert "cannot be copied" in drilled(tmp_path / "gone").failure
    (tmp_path / "prompts").mkdir()
    assert "nothing is live here" in drilled(tmp_path / "prompts").failure
    write(tmp_path, {"prompts/a/v1.md": version("A."), "prompts/a/live.yaml": "stable: [\n"})
    failure = drilled(tmp_path / "prompts").failure
    assert str(tmp_path / "prompts" / "a" / "live.yaml") in failure
    assert "evalgate-drill" not in failure
