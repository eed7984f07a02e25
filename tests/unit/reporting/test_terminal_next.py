"""The commands that go on from a verdict."""

from collections.abc import Callable

from evalgate.model.verdict import RunVerdict
from evalgate.reporting.story import Report
from evalgate.reporting.terminal_next import commands, places

FILES = {name: f"my runs/7/{name}" for name in ("verdict.json", "report.html", "junit.xml")}


def test_the_page_has_its_path_and_the_others_share_a_folder(
    a_report: Callable[..., Report],
) -> None:
    assert places(a_report(), FILES) == {
        "cost": "$0.0132 for 1,443 calls",
        "report.html": "my runs/7/report.html",
        "files": "my runs/7: verdict.json, junit.xml",
    }


def test_the_commands_can_be_typed_as_they_stand(a_report: Callable[..., Report]) -> None:
    assert commands(a_report(), FILES, None) == {
        "view": "evalgate view 'my runs/7'",
        "one case": "evalgate run --base 111111111111 --head 222222222222 --case late",
    }


def test_there_is_no_page_to_view_and_no_case_to_run_where_nothing_ran(
    a_report: Callable[..., Report], nothing_changed: RunVerdict
) -> None:
    files = {"verdict.json": "verdict.json"}
    assert commands(a_report(nothing_changed), files, None) == {}
    assert places(a_report(nothing_changed), files)["files"] == ".: verdict.json"


def test_simulated_answers_are_asked_of_the_simulator_again(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., object],
) -> None:
    found = commands(a_report(a_run(a_verdict(), simulated=True)), FILES, "mail.yml")
    assert found["one case"].endswith(" --policy mail.yml --case late --simulate")
