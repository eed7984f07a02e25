"""Tests for evalgate.publishing.page."""

from inline_snapshot import snapshot

from evalgate.errors import ExitCode
from evalgate.model.verdict import Verdict
from evalgate.publishing.page import comment_text, is_worth_a_comment
from evalgate.publishing.results import RootResult, missing_result
from evalgate.reporting.comment import MARKER

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


def test_nothing_to_judge_is_worth_no_comment() -> None:
    assert not is_worth_a_comment([QUIET])
    assert is_worth_a_comment([QUIET, BLOCKED])
    assert is_worth_a_comment([missing_result("main", code=70)])
