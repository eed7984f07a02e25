"""Tests for evalgate.publishing.page."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.errors import ExitCode
from evalgate.model.verdict import Verdict
from evalgate.publishing.page import comment_text, is_worth_a_comment
from evalgate.publishing.results import RootResult, missing_result
from evalgate.reporting.comment import COMMENT_BYTES, MARKER

BLOCKED = RootResult(
    root="billing",
    verdict=Verdict.FAIL,
    headline="Blocked.",
    exit_code=ExitCode.FAIL,
    page=f"{MARKER}\n\n## ✗ Blocked.\n",
)
QUIET = RootResult(
    root="search",
    verdict=Verdict.NOT_APPLICABLE,
    headline="Nothing to judge.",
    exit_code=ExitCode.OK,
    page=f"{MARKER}\n\n## – Nothing to judge.\n",
)


def test_the_page_of_the_only_root_is_the_comment() -> None:
    assert comment_text([BLOCKED], report="https://host/1") == snapshot("""\
## ✗ Blocked.

[The full report](<https://host/1>) has every case.
""")


def test_of_several_roots_those_with_nothing_to_judge_take_one_line() -> None:
    assert comment_text([BLOCKED, QUIET], report="") == snapshot("""\
<code>billing</code>

## ✗ Blocked.

Nothing to judge in <code>search</code>.
""")


def test_where_no_root_has_anything_to_judge_one_says_so() -> None:
    text = comment_text([QUIET, QUIET], report="")
    assert text.count("Nothing to judge.") == 1


def test_a_root_without_a_verdict_says_that_and_nothing_older() -> None:
    assert comment_text([missing_result("main", code=70)], report="https://host/1") == snapshot("""\
## ! No verdict: evalgate was cut off, or has a fault (exit code 70); the job's log says why.

[The artifact](<https://host/1>) has what the run left.
""")


def test_where_nothing_was_run_no_report_has_every_case() -> None:
    stopped = replace(BLOCKED, verdict=Verdict.ERROR, has_report=False)
    assert "[The artifact](" in comment_text([stopped], report="https://host/1")
    assert "[The full report](" in comment_text([stopped, BLOCKED], report="https://host/1")


def test_nothing_to_judge_is_worth_no_comment() -> None:
    assert not is_worth_a_comment([QUIET])
    assert is_worth_a_comment([QUIET, BLOCKED])
    assert is_worth_a_comment([missing_result("main", code=70)])


def test_the_pages_of_very_many_roots_become_a_line_each_with_the_worst_first() -> None:
    page = "## ✗ Blocked.\n" + "word " * 200
    many = [replace(BLOCKED, root=f"root-{n}", page=page) for n in range(200)]
    text = comment_text([*many, missing_result("late", code=70)], report="https://host/1")
    assert len(text.encode()) <= COMMENT_BYTES
    assert text.startswith("- <code>root-0</code>: ✗ Blocked.\n- <code>root-1</code>")
    assert "141 more roots in the full report." in text
    assert "[The artifact](<https://host/1>)" in text


def test_lines_of_the_longest_headlines_fit_a_comment() -> None:
    many = [
        replace(BLOCKED, root=f"root-{n}", headline="<" * 900, page="x" * 900) for n in range(99)
    ]
    assert len(comment_text(many, report="https://host/1").encode()) <= 65_536
