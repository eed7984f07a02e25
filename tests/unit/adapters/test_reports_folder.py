"""Facts about looking a folder of reports over: everything is found, and no link is followed."""

import json
import os
from pathlib import Path

import pytest

from evalgate.adapters import reports_folder
from evalgate.adapters.reports_folder import MOST_LEVELS, look_over, open_inside
from evalgate.errors import Problem
from evalgate.model.document import Document
from evalgate.model.report_folder import FoundFolder


def put(path: Path, text: str = "{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def by_path(root: Path) -> dict[str, FoundFolder]:
    return {found.path: found for found in look_over(root).folders}


def told(root: Path) -> list[str]:
    return sorted(map(str, look_over(root).problems))


def test_runs_are_found_at_the_top_in_roots_and_in_earlier_attempts(tmp_path: Path) -> None:
    for place in (".", "a", "a/earlier-1", "b/shop", "b/shop/earlier-1"):
        put(tmp_path / place / "verdict.json")
    assert list(by_path(tmp_path)) == ["", "b/shop", "b/shop/earlier-1", "a", "a/earlier-1"]


def test_a_document_is_parsed_and_a_broken_one_is_its_problem(tmp_path: Path) -> None:
    put(tmp_path / "good/verdict.json", json.dumps({"verdict": "pass"}))
    put(tmp_path / "bad/verdict.json", "{")
    found = by_path(tmp_path)
    good, bad = (found[name].documents["verdict.json"] for name in ("good", "bad"))
    assert isinstance(good, Document)
    assert good.data == {"verdict": "pass"}
    assert isinstance(bad, Problem)
    assert bad.path == "bad/verdict.json"


def test_stores_journals_and_unknown_kinds_are_not_among_the_files(tmp_path: Path) -> None:
    names = ("answers.sqlite", "batches.jsonl", "x.py", ".hidden.md", "report.html", "junit.xml")
    for name in (*names, "verdict.json"):
        put(tmp_path / "run" / name)
    assert by_path(tmp_path)["run"].files == ("junit.xml", "report.html", "verdict.json")


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside/run/verdict.json")
    root = tmp_path / "reports"
    put(root / "run/verdict.json")
    (root / "folder").symlink_to(outside.parent)
    (root / "other").mkdir()
    (root / "other/verdict.json").symlink_to(outside)
    assert list(by_path(root)) == ["run"]
    assert told(root) == [
        "folder: a link: links are not followed",
        "other/verdict.json: a link: links are not followed",
    ]


def test_a_pipe_in_the_place_of_a_verdict_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    os.mkfifo(tmp_path / "run/verdict.json")
    assert by_path(tmp_path) == {}
    assert told(tmp_path) == ["run/verdict.json: not a plain file"]
    with pytest.raises(FileNotFoundError):
        open_inside(tmp_path, ("run", "verdict.json"))


def test_trials_are_counted_only_where_there_is_no_verdict(tmp_path: Path) -> None:
    for run in ("done", "begun"):
        put(tmp_path / run / "plan.json")
        put(tmp_path / run / "trials.jsonl", "{}\n{}\n{}\n")
    put(tmp_path / "done/verdict.json")
    found = by_path(tmp_path)
    assert (found["begun"].trials, found["done"].trials) == (3, None)


def test_a_repository_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "demo/repository/verdict.json")
    (tmp_path / "demo/repository/.git").mkdir()
    assert by_path(tmp_path) == {}


def test_calibrations_and_selftests_are_found(tmp_path: Path) -> None:
    put(tmp_path / "calibrations/letters.json")
    put(tmp_path / "calibrations/README.md")
    put(tmp_path / "tested/selftest.html")
    put(tmp_path / "elsewhere/letters.json")
    found = by_path(tmp_path)
    assert set(found["calibrations"].documents) == {"letters.json"}
    assert found["tested"].files == ("selftest.html",)
    assert set(found) == {"calibrations", "tested"}


def test_a_folder_is_as_old_as_its_newest_document(tmp_path: Path) -> None:
    for name, stamp in (("plan.json", 1_000_000_000), ("verdict.json", 1_100_000_000)):
        os.utime(put(tmp_path / "run" / name), (stamp, stamp))
    put(tmp_path / "run/comment.md")
    assert by_path(tmp_path)["run"].changed == 1_100_000_000


def test_what_lies_too_deep_is_told(tmp_path: Path) -> None:
    deep = "/".join("abcdef"[: MOST_LEVELS + 1])
    put(tmp_path / deep / "verdict.json")
    assert by_path(tmp_path) == {}
    assert told(tmp_path) == [f"{deep}: more than 4 folders deep: not looked into"]


def test_beyond_so_many_bytes_documents_are_told_and_not_read(tmp_path: Path) -> None:
    put(tmp_path / "run/verdict.json", '{"verdict": "pass"}')
    look = reports_folder._Look(root=tmp_path, left=10)
    document = next(look.folders()).documents["verdict.json"]
    assert isinstance(document, Problem)
    assert document.message == "not read: there are more than 200 MB of documents"


def test_a_folder_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert told(gone) == [f"{gone}: cannot be looked into: No such file or directory"]


def test_a_file_is_opened_by_plain_steps_alone(tmp_path: Path) -> None:
    put(tmp_path / "root/run/comment.md", "here")
    put(tmp_path / "secret/comment.md", "there")
    (tmp_path / "root/link").symlink_to(tmp_path / "secret")
    (tmp_path / "root/run/link.md").symlink_to(tmp_path / "secret/comment.md")
    with open_inside(tmp_path / "root", ("run", "comment.md")) as file:
        assert file.read() == b"here"
    for parts in (("link", "comment.md"), ("run", "link.md"), ("run",), ("run", "none.md")):
        with pytest.raises(OSError, match=r"."):
            open_inside(tmp_path / "root", parts)


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real/run/verdict.json")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list(by_path(tmp_path / "link")) == ["run"]
    with open_inside(tmp_path / "link", ("run", "verdict.json")) as file:
        assert file.read() == b"{}"


def test_a_time_before_1970_is_its_beginning(tmp_path: Path) -> None:
    file = put(tmp_path / "run/verdict.json")
    os.utime(file, (0, -5))
    assert by_path(tmp_path)["run"].changed == 0
