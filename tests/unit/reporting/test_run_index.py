"""Facts about the index of a folder of reports."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import Problem
from evalgate.model.document import Data
from evalgate.model.report_folder import FoundFolder
from evalgate.reporting.run_index import MOST_PROBLEMS, MOST_RUNS, RunIndex, run_index
from tests.unit.reporting.found_reports import WRITTEN, document, folder, plan, reports, verdict

BROKEN = Problem(path="broken/verdict.json", message="not JSON")


def index(*folders: FoundFolder, problems: tuple[Problem, ...] = ()) -> RunIndex:
    return run_index(reports(*folders, problems=problems), folder="reports")


def run(name: str) -> FoundFolder:
    return folder(name, "report.html", verdict=verdict(run_id=name))


def names(found: RunIndex) -> list[str]:
    return [each.name for each in found.runs]


def test_the_newest_run_comes_first() -> None:
    found = index(run("20260101-000000-a"), run("20260301-000000-b"), run("20260201-000000-c"))
    assert names(found) == ["20260301-000000-b", "20260201-000000-c", "20260101-000000-a"]


@given(st.permutations([*"abcd", "20260101-000000-x", "a/root", "b/earlier-1"]))
def test_the_order_of_finding_decides_nothing(order: list[str]) -> None:
    folders = [folder(name, verdict=verdict(run_id=name)) for name in order]
    assert index(*folders) == index(*sorted(folders, key=lambda each: each.path))


def test_runs_of_one_moment_stand_by_name() -> None:
    found = index(*(folder(name, verdict=verdict(run_id=name)) for name in "cab"))
    assert names(found) == ["a", "b", "c"]


def test_roots_and_earlier_attempts_stand_with_their_run() -> None:
    later = WRITTEN + 3600
    found = index(
        folder("a/shop", verdict=verdict(run_id="x")),
        folder("a/billing", verdict=verdict(run_id="x"), changed=later),
        folder("a/shop/earlier-1", verdict=verdict(run_id="x")),
        folder("a.b", verdict=verdict(run_id="x")),
        folder("a", verdict=verdict(run_id="x")),
    )
    assert names(found) == ["a", "a.b"]
    labels = [entry.label for entry in found.runs[0].entries]
    assert labels == ["", "billing", "shop", "shop/earlier-1"]
    assert found.runs[0].when.moment == datetime.fromtimestamp(later, UTC)


def test_the_folder_of_one_run_has_it_without_a_label() -> None:
    found = index(folder("", "report.html", verdict=verdict()))
    (entry,) = found.runs[0].entries
    assert (entry.label, entry.page and entry.page.address) == ("", "/report.html")


def test_what_cannot_be_read_is_listed_with_its_reason() -> None:
    found = index(
        folder("broken", verdict=BROKEN), folder("old", verdict=verdict(schema="verdict/0"))
    )
    said = {run.name: run.entries[0].summary for run in found.runs}
    assert {each.mark.word for each in said.values()} == {"Unreadable"}
    assert said["broken"].headline == "broken/verdict.json: not JSON"
    assert "expected `verdict/1`" in said["old"].headline


def test_a_run_without_a_verdict_says_how_to_go_on() -> None:
    found = index(folder("run", plan=plan(), trials=3))
    assert found.runs[0].entries[0].summary.command == "evalgate gate --resume reports/run"


def test_a_verdict_that_cannot_be_read_is_not_hidden_by_the_plan() -> None:
    found = index(folder("run", verdict=BROKEN, plan=plan()))
    assert found.runs[0].entries[0].summary.mark.word == "Unreadable"


def test_selftests_and_calibrations_are_no_runs() -> None:
    tested: dict[str, Data] = {"schema": "selftest/1", "soundness": "sound"}
    judged: dict[str, Data] = {"schema": "calibration/1", "evalset": "letters", "counts": {}}
    found = index(
        folder("tested", plan=plan(), selftest=document(tested)),
        folder("page", "selftest.html"),
        folder("calibrations", letters=document(judged), verdict=document(judged)),
    )
    assert found.runs == ()
    assert [entry.path for entry in found.selftests] == ["page", "tested"]
    assert found.selftests[0].summary.mark.word == "Unreadable"
    assert [entry.label for entry in found.calibrations] == ["letters.json", "verdict.json"]


def test_verdicts_are_counted_with_the_most_frequent_first() -> None:
    passed = [folder(name, verdict=verdict(verdict="pass")) for name in "ab"]
    found = index(*passed, folder("c", verdict=verdict()), folder("d", verdict=BROKEN))
    assert [(mark.word, number) for mark, number in found.tally] == [
        *(("Passed", 2), ("Blocked", 1), ("Unreadable", 1))
    ]


def test_older_runs_beyond_the_most_are_counted() -> None:
    found = index(*(run(f"20260101-{number:06}-a") for number in range(MOST_RUNS + 3)))
    assert (len(found.runs), found.left_out) == (MOST_RUNS, 3)
    assert sum(number for _, number in found.tally) == MOST_RUNS + 3


def test_problems_are_told_up_to_so_many() -> None:
    many = tuple(Problem(path=f"p{number}", message="x") for number in range(MOST_PROBLEMS + 2))
    assert index(problems=many).problems[-1] == "and 2 more"
    assert len(index(problems=many).problems) == MOST_PROBLEMS + 1
    assert index(problems=many[:2]).problems == ("p0: x", "p1: x")


def test_an_empty_folder_is_empty_even_where_a_link_could_not_be_followed() -> None:
    assert index(problems=(BROKEN,)).is_empty
    assert not index(folder("run", plan=plan())).is_empty
