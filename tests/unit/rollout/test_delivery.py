"""Facts about which prompts are delivered to a host."""

from collections.abc import Mapping

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.rollout.delivery import LONGEST_PAUSE, deliverable, pause, undone
from evalgate.runtime.settings import read_serving
from tests.unit.rollout.asked import VERSION, tree

GOOD = tree("stable: v1\ncanary: {version: v2, percent: 5}\n", "v1", "v2")


def deliver(files: Mapping[str, str], before: Mapping[str, str] | None = None) -> tuple[str, ...]:
    encoded = {path: text.encode() for path, text in files.items()}
    old = {path: text.encode() for path, text in (before or {}).items()}
    return deliverable(encoded, "prompts", deployed=old, parser=FORMATS, read_settings=read_serving)


def test_what_can_be_served_is_delivered() -> None:
    assert deliver(GOOD) == ("p v1",)
    assert deliver(GOOD, GOOD) == ("p v1",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no prompt has a stable version"),
        (tree("stable: null\n", "v1"), "no prompt has a stable version"),
        (tree("stable: v2\n", "v1"), "live.yaml: names v2, of which there is no file"),
        (tree("stable: v1\ncanary: {version: v2}\n", "v1"), "names v2, of which there is no file"),
        ({**GOOD, "prompts/p/v2.md": "no front matter"}, "p/v2.md:1: expected front matter"),
        ({**GOOD, "prompts/runtime.yml": "timeout: never\n"}, "runtime.yml:1: timeout"),
        ({**GOOD, "prompts/q/live.yaml": "stable: [\n"}, "prompts/q/live.yaml"),
    ],
)
def test_what_cannot_be_served_is_not_delivered(files: Mapping[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        deliver(files)
    assert said in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    files = {**tree("stable: v9\n", "v1"), **tree("stable: v8\n", "v1", name="q")}
    with pytest.raises(ConfigurationError) as caught:
        deliver(files)
    assert [problem.message[:8] for problem in caught.value.problems] == ["names v9", "names v8"]


def test_a_version_that_is_deployed_and_pointed_to_may_not_change() -> None:
    edited = {**GOOD, "prompts/p/v1.md": GOOD["prompts/p/v1.md"] + "more\n"}
    with pytest.raises(ConfigurationError, match=r"p/v1\.md: is deployed and may not change"):
        deliver(edited, GOOD)
    never_live = tree("stable: v2\n", "v1", "v2")
    assert deliver({**never_live, "prompts/p/v1.md": edited["prompts/p/v1.md"]}, never_live)


def test_what_is_deployed_and_cannot_be_read_holds_nothing_up() -> None:
    assert deliver(GOOD, {**GOOD, "prompts/p/live.yaml": "stable: [\n"}) == ("p v1",)


def test_a_version_that_nothing_points_to_may_be_wrong() -> None:
    assert deliver({**GOOD, "prompts/p/v3.md": "not yet"}) == ("p v1",)


def test_attempts_get_rarer_while_they_fail() -> None:
    assert [pause(failures, 30.0) for failures in range(4)] == [30.0, 60.0, 120.0, 240.0]
    assert pause(10**6, 30.0) == LONGEST_PAUSE
    assert pause(3, 3600.0) == 3600.0


def test_a_move_by_hand_that_nobody_committed_is_told_when_it_is_taken_back() -> None:
    history = "history: [{stable: v1}, {stable: v2}"
    now = tree(f"stable: v2\n{history}]\n", "v1", "v2")
    moved = tree(f"stable: v1\n{history}, {{stable: v1, by: ann}}]\n", "v1", "v2")
    encoded, old = ({path: text.encode() for path, text in files.items()} for files in (now, moved))
    told = list(undone(encoded, "prompts", deployed=old, parser=FORMATS))
    assert told == ["The last move of p by ann, to v1, was not committed: v2 is served now."]
    assert list(undone(old, "prompts", deployed=encoded, parser=FORMATS)) == []
    assert list(undone(old, "prompts", deployed={}, parser=FORMATS)) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("phase: serving, percent: 25", "serving at 25 %"),
        ("phase: rolled_back", "rolled back"),
    ],
)
def test_a_step_of_a_rollout_that_nobody_committed_is_told_as_such(state: str, said: str) -> None:
    rollout = f"{{version: v2, {state}, hash: {'ab' * 32}}}"
    host = tree(f"stable: v1\nhistory: [{{stable: v1, rollout: {rollout}}}]\n", "v1", "v2")
    encoded, old = ({path: text.encode() for path, text in files.items()} for files in (GOOD, host))
    assert list(undone(encoded, "prompts", deployed=old, parser=FORMATS)) == [
        f"The last move of p, of the rollout of v2 ({said}), was not committed: v1 is served now, "
        "with v2 at 5 %."
    ]


def test_what_a_rollout_served_may_not_change_however_it_ended() -> None:
    rollout = f"{{version: v2, phase: rolled_back, hash: {'ab' * 32}}}"
    live = f"stable: v1\nhistory: [{{stable: v1, rollout: {rollout}}}]\n"
    host = tree(live, "v1", "v2")
    edit = {**host, "prompts/p/v2.md": VERSION.format("Say else.")}
    with pytest.raises(ConfigurationError, match=r"p/v2\.md: is deployed and may not change"):
        deliver(edit, host)
