"""Tests for evalgate.publishing.results."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import ConfigurationError, ExitCode
from evalgate.model.document import Data, Document
from evalgate.model.github import CommitState
from evalgate.model.verdict import Verdict
from evalgate.publishing.handover import Standing
from evalgate.publishing.results import (
    RootResult,
    agreeing,
    missing_result,
    pending_status,
    read_result,
    shortened,
    status_of,
)


def result(code: ExitCode = ExitCode.OK, root: str = "main", **more: object) -> RootResult:
    verdict = Verdict.PASS if code is ExitCode.OK else Verdict.FAIL
    values: dict[str, object] = {"headline": "Said.", "verdict": verdict, **more}
    return RootResult(root=root, exit_code=code, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (ExitCode.OK, CommitState.SUCCESS),
        (ExitCode.FAIL, CommitState.FAILURE),
        (ExitCode.INCONCLUSIVE, CommitState.FAILURE),
        (ExitCode.NOT_EVALUATED, CommitState.ERROR),
        (ExitCode.USAGE, CommitState.ERROR),
        (ExitCode.BUG, CommitState.ERROR),
        (ExitCode.INTERRUPTED, CommitState.ERROR),
    ],
)
def test_a_status_says_what_the_exit_code_says(code: ExitCode, state: CommitState) -> None:
    assert status_of(result(code), url="https://host/run").state is state


def test_each_root_has_a_status_of_its_own_and_the_only_one_has_the_plain_name() -> None:
    assert status_of(result(), url="").context == "evalgate"
    assert status_of(result(root="billing"), url="").context == "evalgate / billing"
    assert pending_status("billing", url="").context == "evalgate / billing"


def test_a_status_of_another_branch_than_the_default_one_names_it() -> None:
    assert status_of(result(), url="", target="release/1").context == "evalgate (release/1)"
    waiting = pending_status("billing", url="", target="release/1")
    assert waiting.context == "evalgate / billing (release/1)"


def test_a_status_of_simulated_answers_says_so() -> None:
    assert status_of(result(simulated=True), url="").description == "Simulated: Said."


def test_a_standing_speaks_in_place_of_the_verdict() -> None:
    waiting = Standing(state=CommitState.PENDING, description="Waiting for approval.")
    status = status_of(result(standing=waiting), url="")
    assert (status.state, status.description) == (CommitState.PENDING, "Waiting for approval.")


def test_a_run_without_a_verdict_is_an_error_and_never_green() -> None:
    status = status_of(missing_result("main", code=0), url="")
    assert status.state is CommitState.ERROR
    assert "exit code 0" in status.description


def test_a_run_that_failed_after_its_green_verdicts_shows_none_of_them_as_green() -> None:
    told = agreeing([result(), result(root="billing")], code=70)
    assert {status_of(each, url="").state for each in told} == {CommitState.ERROR}


def test_a_green_root_stays_green_beside_one_that_failed() -> None:
    told = agreeing([result(), result(ExitCode.FAIL, root="billing")], code=1)
    states = [status_of(each, url="").state for each in told]
    assert states == [CommitState.SUCCESS, CommitState.FAILURE]


def read(**data: Data) -> RootResult:
    document: dict[str, Data] = {
        "schema": "verdict/1",
        "verdict": "fail",
        "headline": "Blocked.",
        "exit_code": 1,
        **data,
    }
    return read_result(
        "main",
        Document(path="verdict.json", data=document, lines={}),
        page="page",
        standing=None,
    )


def test_a_verdict_file_tells_the_result() -> None:
    assert read(simulated=True) == RootResult(
        root="main",
        verdict=Verdict.FAIL,
        headline="Blocked.",
        exit_code=ExitCode.FAIL,
        simulated=True,
        page="page",
    )


@pytest.mark.parametrize(
    "wrong",
    [{"verdict": "passed"}, {"exit_code": 5}, {"exit_code": "0"}, {"headline": ""}, {"schema": ""}],
)
def test_a_verdict_file_that_is_none_is_refused(wrong: dict[str, Data]) -> None:
    with pytest.raises(ConfigurationError):
        read(**wrong)


@given(st.text(), st.integers(2, 150))
def test_a_shortened_text_fits_on_one_line(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert "\n" not in short


def test_a_text_is_cut_between_words() -> None:
    assert shortened("the drop is large, and more", 16) == "the drop is…"
    assert shortened("short", 5) == "short"
    assert shortened("unbreakable", 6) == "unbre…"
