"""Facts about what the verbs share that move a live pointer by hand."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.cli.by_hand import Deployed, carry_out, difference, told_pointer, write
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.prompt import Canary, LivePointer
from evalgate.prompts.library import Prompt
from evalgate.rollout.hand_move import HandMove
from tests.unit.rollout.asked import VERSION

PATH = Path("prompts/p/live.yaml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "it was deleted"),
        (b"stable: [", "it cannot be read any more"),
        (b"stable: v1\n", "v1 is stable"),
        (b"stable: v1\nhistory: [{stable: v1}]\n", "v1 is stable"),
        (
            b"stable: v1\nhistory: [{stable: v1, why: v2 gets 5 %, rollout: {version: v2, "
            b"phase: serving, percent: 5, hash: " + b"ab" * 32 + b"}}]\n",
            "v1 is stable (v2 gets 5 %)",
        ),
        (
            b"stable: v2\nhistory: [{stable: v2, at: 2026-11-21T10:00:00Z, by: Ann, why: slow}]\n",
            "v2 is stable (by Ann, at 2026-11-21T10:00:00Z, slow)",
        ),
    ],
)
def test_what_somebody_else_did_is_told_by_the_last_move(content: bytes | None, said: str) -> None:
    assert told_pointer(PATH, content) == said


def test_who_comes_second_is_told_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "live.yaml"
    write(path, None, "stable: v1\n", told=told_pointer)
    with pytest.raises(UsageError, match=r"changed by somebody else .* v1 is stable; nothing"):
        write(path, None, "stable: v2\n", told=told_pointer)
    assert path.read_text() == "stable: v1\n"


def test_a_difference_names_the_file_and_its_lines() -> None:
    lines = list(difference(PATH, "a\nb\n", "a\nc\n"))
    assert lines[0] == f"--- {PATH}"
    assert lines[-3:] == [" a", "-b", "+c"]


def moving(tmp_path: Path, **changes: Canary | str) -> tuple[Deployed, HandMove, Namespace]:
    """Return a move of a prompt whose v1 can be read, and whose v2 and v3 cannot."""
    versions = {"v1": VERSION.format("x").encode(), "v2": b"broken", "v3": b"broken"}
    before = LivePointer(
        prompt="p",
        path="prompts/p/live.yaml",
        stable="v1",
        canary=Canary(version="v2", percent=5.0),
    )
    prompt = Prompt(name="p", folder="prompts/p", versions=versions, live=before)
    after = replace(before, **changes)  # type: ignore[arg-type] # its fields
    (tmp_path / "p").mkdir()
    found = Deployed(prompt=prompt, folder=tmp_path, content=None)
    return (
        found,
        HandMove(before=before, pointer=after, said=("so",), subject="s"),
        Namespace(dry_run=False, json=False),
    )


@pytest.mark.parametrize(
    "changes",
    [{"stable": "v2"}, {"canary": Canary(version="v3", percent=5.0)}],
    ids=["stable", "canary"],
)
def test_what_cannot_be_read_gets_no_traffic(
    tmp_path: Path, changes: dict[str, Canary | str]
) -> None:
    found, move, options = moving(tmp_path, **changes)
    with pytest.raises(ConfigurationError, match="cannot be served: nothing was written"):
        carry_out(found, move, options, remarks=())
    assert not found.path.exists()


def test_what_has_traffic_already_is_not_looked_at(tmp_path: Path) -> None:
    found, move, options = moving(tmp_path, canary=Canary(version="v2", percent=1.0))
    assert carry_out(found, move, options, remarks=()) is ExitCode.OK
    assert "percent: 1" in found.path.read_text()
