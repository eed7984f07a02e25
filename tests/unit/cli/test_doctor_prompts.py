"""Facts about what the doctor knows of each prompt."""

from pathlib import Path

import pytest

from evalgate.cli.doctor_prompts import prompt_facts
from evalgate.errors import ConfigurationError
from tests.e2e.prompt_shop import make_prompts
from tests.e2e.shop import version, write


def test_what_is_live_and_what_can_be_gone_back_to_is_told(tmp_path: Path) -> None:
    (found,) = prompt_facts(make_prompts(tmp_path) / "prompts", ())
    assert (found.name, found.stable, found.canary) == ("p", "v3", None)
    assert found.good == ("v2", "v1")
    assert (found.lost, found.changed, found.strange) == ((), (), ())
    assert len(found.models) == 1


def test_a_canary_has_a_salt_and_the_switch_names_the_model(tmp_path: Path) -> None:
    live = "stable: v1\ncanary: {version: v2, percent: 5}\nswitch: {model: claude-haiku-4-5}\n"
    (found,) = prompt_facts(make_prompts(tmp_path, live=live) / "prompts", ())
    assert (found.canary, found.salt) == ("v2", "p/v2")
    assert found.models == ("claude-haiku-4-5",)


def test_files_that_are_gone_are_lost(tmp_path: Path) -> None:
    folder = make_prompts(tmp_path) / "prompts"
    (folder / "p" / "v2.md").unlink()
    (folder / "p" / "v3.md").unlink()
    (found,) = prompt_facts(folder, ())
    assert found.lost == ("v3", "v2")


def test_a_version_that_a_rollout_was_not_about_is_strange(tmp_path: Path) -> None:
    rollout = f"{{version: v2, phase: serving, percent: 5, hash: '{'a' * 64}'}}"
    live = f"stable: v1\nhistory: [{{stable: v1, rollout: {rollout}}}]\n"
    (found,) = prompt_facts(make_prompts(tmp_path, live=live) / "prompts", ())
    assert found.strange == ("v2",)


def test_a_folder_beside_the_prompts_that_holds_none_is_passed_over(tmp_path: Path) -> None:
    make_prompts(tmp_path)
    write(tmp_path, {"prompts/notes/readme.txt": "x", "prompts/runtime.yml": "{}"})
    assert [each.name for each in prompt_facts(tmp_path / "prompts", ())] == ["p"]


def test_a_prompt_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    folder = make_prompts(tmp_path, live="stable: [\n") / "prompts"
    with pytest.raises(ConfigurationError):
        prompt_facts(folder, ())
    write(tmp_path, {"prompts/p/live.yaml": "stable: v1\n", "prompts/p/v1.md": version("{{x")})
    with pytest.raises(ConfigurationError):
        prompt_facts(folder, ())
