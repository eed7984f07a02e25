from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as Xml

from evalgate.errors import ExitCode
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.model.verdict import Flips, PromptVerdict, RunVerdict, Verdict
from evalgate.model.waiver import Waiver
from evalgate.reporting.junit import junit
from evalgate.reporting.story import Report


def read(text: str) -> Xml.Element:
    return Xml.fromstring(text)  # noqa: S314 - written by the module under test


def results(root: Xml.Element) -> dict[str, list[str]]:
    """Return what each test has inside, by its name."""
    return {test.attrib["name"]: [part.tag for part in test] for test in root.iter("testcase")}


def mixed(a_trial: Callable[..., Trial]) -> list[Trial]:
    """Trials of a case that got worse, one that got better, one the same, one lost, one unrun."""
    lost = replace(
        a_trial("lost"),
        status=TrialStatus.ERRORED,
        passed=None,
        error=TrialError(kind="timeout", message="no answer"),
    )
    return [
        *(a_trial(case, Arm.BASELINE) for case in ("worse", "same", "lost", "unrun")),
        a_trial("better", Arm.BASELINE, passed=False),
        a_trial("worse", passed=False, reason="It promises a refund ]]> & more."),
        a_trial("better"),
        a_trial("same"),
        lost,
        replace(lost, case="unrun", status=TrialStatus.SKIPPED),
    ]


def test_a_blocked_change_has_a_failure_for_the_verdict_and_for_each_broken_case(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    run = a_run(a_verdict(flips=Flips(regressed=("worse",), fixed=("better",))))
    root = read(junit(a_report(run, trials=mixed(a_trial))))
    assert results(root) == {
        "verdict": ["failure"],
        "better": ["system-out"],
        "lost": ["error"],
        "same": [],
        "unrun": ["skipped"],
        "worse": ["failure"],
    }
    assert root.attrib == {
        "name": "evalgate",
        "tests": "6",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    failure = root.find(".//testcase[@name='worse']/failure")
    assert failure is not None
    assert failure.text == "rubric: It promises a refund ]]> & more."
    assert failure.attrib["message"] == (
        "regressed: baseline 1 of 1 passed, candidate 0 of 1 passed"
    )


def test_a_change_that_is_let_through_has_no_failure_and_hides_nothing(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    verdict = a_verdict(verdict=Verdict.PASS, flips=Flips(regressed=("worse",), fixed=("better",)))
    root = read(junit(a_report(a_run(verdict), trials=mixed(a_trial))))
    assert (root.attrib["failures"], root.attrib["errors"]) == ("0", "0")
    assert results(root)["worse"] == ["system-out"]
    assert results(root)["lost"] == ["skipped"]


def test_an_error_is_an_error_and_nothing_to_decide_is_skipped(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    nothing_changed: RunVerdict,
) -> None:
    failed = a_run(a_verdict(verdict=Verdict.ERROR, delta=None))
    assert results(read(junit(a_report(failed))))["verdict"] == ["error"]
    assert results(read(junit(a_report(nothing_changed)))) == {"verdict": ["skipped"]}


def test_an_undecided_verdict_fails_only_where_it_blocks(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    run = a_run(a_verdict(verdict=Verdict.INCONCLUSIVE))
    assert results(read(junit(a_report(run))))["verdict"] == ["failure"]
    allowed = replace(run, exit_code=ExitCode.OK)
    assert results(read(junit(a_report(allowed))))["verdict"] == []


def test_hostile_texts_leave_the_file_well_formed(hostile_report: Report) -> None:
    text = junit(hostile_report)
    text.encode()
    assert "⟨U+202E⟩" in text
    assert list(results(read(text)))[1].startswith("<script>alert(1)</script>")


def test_a_flaky_case_is_labelled_whatever_became_of_it(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    run = a_run(a_verdict(flips=Flips(regressed=("worse",)), flaky=("worse", "same")))
    root = read(junit(a_report(run, trials=mixed(a_trial))))
    failure = root.find(".//testcase[@name='worse']/failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("flaky, regressed: ")
    told = root.find(".//testcase[@name='same']/system-out")
    assert told is not None
    assert (told.text or "").startswith("flaky, unchanged: ")


def test_a_waived_case_is_skipped_with_its_terms(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
    a_trial: Callable[..., Trial],
) -> None:
    run = a_run(a_verdict(flips=Flips(), waived=(a_waiver("worse"), a_waiver("lost"))))
    root = read(junit(a_report(run, trials=mixed(a_trial))))
    skipped = root.find(".//testcase[@name='worse']/skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == (
        "waived by Ann until 2027-01-31: the tool is replaced "
        "(waived: baseline 1 of 1 passed, candidate 0 of 1 passed)"
    )
    assert results(root)["lost"] == ["error"]
