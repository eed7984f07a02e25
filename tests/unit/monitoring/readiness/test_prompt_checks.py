"""Facts about the items on prompts."""

from dataclasses import replace

from evalgate.model.readiness import Standing
from tests.unit.monitoring.readiness.known_facts import PROMPT, found, standing


def test_a_published_file_that_changed_fails_and_is_named() -> None:
    finding = found("immutable", prompts=(replace(PROMPT, changed=("prompts/support/v2.md",)),))
    assert finding.standing is Standing.FAILED
    assert "prompts/support/v2.md" in finding.seen
    assert standing("immutable", has_history=False) is Standing.BY_HAND


def test_a_version_that_its_rollout_was_not_about_fails() -> None:
    finding = found("hashes", prompts=(replace(PROMPT, strange=("v3",)),))
    assert (finding.standing, "support v3" in finding.seen) == (Standing.FAILED, True)


def test_two_canaries_with_one_salt_fail() -> None:
    other = replace(PROMPT, name="triage")
    finding = found("salts", prompts=(PROMPT, other))
    assert finding.standing is Standing.FAILED
    assert "support, triage" in finding.seen
    apart = replace(other, salt="triage/v3")
    assert standing("salts", prompts=(PROMPT, apart)) is Standing.OK
    ended = replace(other, canary=None)
    assert standing("salts", prompts=(PROMPT, ended)) is Standing.OK
    assert standing("salts", prompts=(ended,)) is Standing.NOT_APPLICABLE


def test_a_rollback_needs_a_goal_whose_file_is_there() -> None:
    assert standing("rollback", prompts=(replace(PROMPT, good=()),)) is Standing.WARNING
    assert standing("rollback", prompts=(replace(PROMPT, lost=("v1",)),)) is Standing.FAILED
    assert standing("rollback", prompts=()) is Standing.NOT_APPLICABLE


def test_a_prompt_that_is_off_is_told_with_the_command_for_on() -> None:
    finding = found("switched-off", prompts=(replace(PROMPT, name="my prompt", disabled=True),))
    assert finding.standing is Standing.WARNING
    assert finding.steps == ("evalgate switch 'my prompt' --enable",)
