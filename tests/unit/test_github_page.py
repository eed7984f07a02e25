"""Facts about `docs/github.md`: its tables are current, and what it quotes is what the code says."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from evalgate.cli.starter import EXTRAS, GATE
from evalgate.errors import ExitCode
from evalgate.model.event import Activity, Event
from evalgate.model.verdict import Verdict
from evalgate.publishing.activities import Wish, activity_of
from evalgate.publishing.results import RUNNING, pending_status
from evalgate.reporting.comment import COMMENT_BYTES, SUMMARY_BYTES
from upkeep.action_pages import MANUAL, ROOT, current, inputs_table, outputs_table, pages

TEXT = (ROOT / MANUAL).read_text("utf-8")


def section(title: str) -> str:
    """Return what stands under a heading, up to the next one."""
    _, found, rest = TEXT.partition(f"\n{title}\n")
    assert found, title
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.M)[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    table = section(title).partition("|---")[2].partition("\n")[2].partition("\n\n")[0]
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()
    ]


@cache
def said() -> tuple[str, ...]:
    """Return every text of the code, with `…` for what is filled in."""
    return tuple(_said())


def _said() -> Iterator[str]:
    for path in (ROOT / "evalgate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "…"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    yield (ROOT / "action.yml").read_text("utf-8")


MESSAGES = [row[0] for row in rows("## Troubleshooting")]


@pytest.mark.parametrize("path", pages())
def test_what_is_generated_is_current(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert current(text, pages()[path]) == text, "run `python -m upkeep.action_pages --write`"


def test_every_workflow_that_is_written_is_shown_somewhere() -> None:
    shown = {name for texts in pages().values() for name in texts}
    assert {path.stem for path in (ROOT / "evalgate/workflows").glob("*.yml")} <= shown


def test_a_page_without_a_marker_is_not_taken_for_current() -> None:
    with pytest.raises(ValueError, match="no markers `inputs`"):
        current("<!-- inputs -->\nold\n", {"inputs": "new"})
    page = "a\n<!-- inputs -->\nold\n<!-- /inputs -->\nz"
    assert current(page, {"inputs": r"\1"}) == "a\n<!-- inputs -->\n\\1\n<!-- /inputs -->\nz"


def test_a_cell_holds_one_line_and_no_bar() -> None:
    table = inputs_table(
        {"a": {"description": "One\ntwo | three.", "default": "x"}, "b": {"description": "B."}}
    )
    assert table.splitlines()[2:] == ["| `a` | `x` | One two \\| three. |", "| `b` |  | B. |"]
    assert outputs_table({"c": {"description": "C."}}).splitlines()[2:] == ["| `c` | C. |"]


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_that_is_explained_is_one_that_is_said(message: str) -> None:
    assert re.fullmatch(r"`[^`]+`", message)
    pattern = re.compile(".*?".join(map(re.escape, message.strip("`").split("…"))))
    assert any(pattern.search(text) for text in said())


def test_enough_messages_are_explained() -> None:
    assert len(MESSAGES) >= 20
    assert len(set(MESSAGES)) == len(MESSAGES)


def test_the_table_of_verdicts_has_every_verdict_and_exit_code() -> None:
    table = rows("## Four places, one verdict")
    named = " ".join(row[0] for row in table)
    assert all(verdict.value.replace("_", " ") in named for verdict in Verdict)
    codes = {int(code) for row in table for code in row[1].split(", ")}
    assert codes == {code.value for code in ExitCode}


def test_the_sizes_are_those_of_the_code() -> None:
    text = section("## Four places, one verdict")
    assert f"{COMMENT_BYTES:,} bytes" in text
    assert f"{SUMMARY_BYTES:,} bytes" in text


def test_the_status_is_named_as_in_the_code() -> None:
    assert RUNNING in TEXT
    for root, example in (("main", "`evalgate`"), ("billing", "`evalgate / billing`")):
        assert f"`{pending_status(root, url='').context}`" == example
        assert example in section("## Several policies")


@pytest.mark.parametrize(
    ("event", "wish", "activity", "row"),
    [
        (Event(name="pull_request"), Wish(), Activity.GATE, "`pull_request`"),
        (
            Event(name="pull_request", is_foreign=True),
            Wish(can_call=False),
            Activity.SCREEN,
            "`pull_request`",
        ),
        (Event(name="merge_group"), Wish(), Activity.GATE, "`merge_group`"),
        (
            Event(name="push", branch="main", default_branch="main"),
            Wish(),
            Activity.RECORD,
            "`push` to the default branch, `schedule`",
        ),
        (
            Event(name="push", branch="topic", default_branch="main"),
            Wish(),
            Activity.GATE,
            "`push` to another branch",
        ),
        (
            Event(name="push"),
            Wish(),
            Activity.NOTHING,
            "`push` of a tag, or of a branch that is deleted",
        ),
        (
            Event(name="workflow_dispatch"),
            Wish(promotes=True),
            Activity.PROMOTE,
            "`workflow_dispatch` with `prompt`, `version`, `percent`",
        ),
        (
            Event(name="workflow_dispatch"),
            Wish(rolls_out=True),
            Activity.ROLLOUT,
            "`workflow_dispatch` with `rollout`",
        ),
        (
            Event(name="schedule"),
            Wish(activity="rollout"),
            Activity.ROLLOUT,
            "`schedule` with `activity: rollout`",
        ),
        (
            Event(name="workflow_dispatch"),
            Wish(judges=True),
            Activity.JUDGE_FORK,
            "`workflow_dispatch` with `pull-request`, `content`",
        ),
        (
            Event(name="workflow_dispatch"),
            Wish(),
            Activity.GATE,
            "`workflow_dispatch` with none of these",
        ),
        (
            Event(name="workflow_run", source="pull_request"),
            Wish(),
            Activity.RELAY,
            "`workflow_run` of a workflow for pull requests",
        ),
    ],
)
def test_the_table_of_events_says_what_the_code_does(
    event: Event, wish: Wish, activity: Activity, row: str
) -> None:
    assert activity_of(event, wish) is activity
    (done,) = (cells[1] for cells in rows("## What each event asks for") if cells[0] == row)
    words = {
        Activity.GATE: "judged",
        Activity.SCREEN: "[screened](forks.md)",
        Activity.RECORD: "[recorded](running.md#records)",
        Activity.PROMOTE: "promoted",
        Activity.ROLLOUT: "[rollout](promoting.md#by-evidence)",
        Activity.JUDGE_FORK: "approved pull request of a fork",
        Activity.RELAY: "published",
        Activity.NOTHING: "nothing",
    }
    assert words[activity] in done


def test_the_table_of_workflows_has_every_file_and_how_it_is_asked_for() -> None:
    table = {
        re.findall(r"`([\w.-]+)`", row[0])[0]: row[1].strip("`") for row in rows("## The workflows")
    }
    asked = {file: name for name, files in EXTRAS.items() for file in files}
    assert table == {GATE: "always", **asked}


def test_every_permission_that_a_workflow_gives_is_explained() -> None:
    explained = {row[0].strip("`") for row in rows("### Permissions and why")}
    given = {
        f"{scope}: {level}"
        for path in (ROOT / "evalgate/workflows").glob("*.yml")
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
        for scope, level in job["permissions"].items()
    }
    assert given <= explained
    assert explained - given == {"checks: write"}


def test_every_heading_that_is_linked_to_is_there() -> None:
    pages = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
    for name, anchor in re.findall(r"\]\(([\w.-]*)#([\w-]+)\)", TEXT):
        text = pages[name or Path(MANUAL).name]
        titles = re.findall(r"^#+ (.+)$", text, re.M)
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert anchor in anchors, (name, anchor)
