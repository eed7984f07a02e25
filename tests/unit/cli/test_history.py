"""Facts about `evalgate history`: which prompts, how far back, and what there is to say."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.cli.keeping import record_text
from evalgate.model.trial import Arm, Trial, TrialStatus
from tests.unit.cli.shops import evalgate

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\nSay hi. {{question}}\n"
LIVE = "stable: v1\nhistory: [{stable: v1, at: '2026-01-01', by: ann, why: tone}]\n"


def record(prompt: str, *passed: bool, version: str = "v1") -> str:
    """Return a record with one trial for each case."""
    return record_text(
        Trial(
            prompt=prompt,
            version=version,
            version_hash=version,
            evalset="set",
            arm=Arm.BASELINE,
            case=f"c{number}",
            trial=0,
            status=TrialStatus.GRADED,
            passed=each,
            asked=f"{version}/{number}",
        )
        for number, each in enumerate(passed)
    )


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def commit(
    folder: Path, files: Mapping[str, str], *, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, files)
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T12:00:00Z")
    commit_all(folder, day)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with two prompts, of which one has three records."""
    folder = tmp_path / "shop"
    create_repository(folder, "main")
    files = {
        ".github/evalgate.yml": "",
        "prompts/one/v1.md": VERSION,
        "prompts/one/live.yaml": LIVE,
        "prompts/two/v1.md": VERSION,
        "prompts/two/live.yaml": "stable: v1\n",
    }
    commit(folder, files, day="2026-01-01", monkeypatch=monkeypatch)
    for number, day in enumerate(("2026-01-02", "2026-02-02", "2026-03-02"), start=1):
        text = record("one", *[True] * number, False)
        files = {"reports/baselines/one.set.jsonl": text}
        commit(folder, files, day=day, monkeypatch=monkeypatch)
    return folder


def days(text: str) -> list[str]:
    """Return the days of a table's rows."""
    starts = (line.strip().split("  ")[0] for line in text.splitlines())
    return [start for start in starts if start[:2] == "20" or start == "not committed"]


def test_every_record_is_a_row(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evalgate(shop, "history") == 0
    said = capsys.readouterr()
    assert days(said.out) == ["2026-01-02", "2026-02-02", "2026-03-02"]
    assert "v1 became stable on 2026-01-01, by ann: tone" in said.out
    assert said.err == (
        "evalgate: There is no record of two in reports/baselines yet: `evalgate record --trials 3`"
        " makes one of the stable versions, and each one that is committed is a point\n"
    )


def test_what_is_not_committed_yet_is_the_last_row(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, {"reports/baselines/one.set.jsonl": record("one", True)})
    evalgate(shop, "history", "one")
    said = capsys.readouterr()
    assert days(said.out)[-1] == "not committed"
    assert said.err == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--last", "2"), ["2026-02-02", "2026-03-02"]),
        (("--since", "2026-02-02"), ["2026-02-02", "2026-03-02"]),
        (("--since", "2026-02-03", "--last", "9"), ["2026-03-02"]),
        (("--since", "2026-01-01", "--last", "1"), ["2026-03-02"]),
    ],
)
def test_the_past_can_be_cut(
    shop: Path, words: Sequence[str], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "history", "one", *words) == 0
    assert days(capsys.readouterr().out) == told


@pytest.mark.parametrize("more", [(), ("--case", "c0")])
def test_nothing_since_a_day_is_said(
    shop: Path, more: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "history", "one", "--since", "2027-01-01", *more) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "evalgate: No record has changed since 2027-01-01\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("on",), "there is no prompt `on` (did you mean `one`?)"),
        (("--case", "c9"), "no record has the case `c9` (known: c0, c1, c2, c3)"),
        (("--policy", "x.yml"), "--policy: there is no x.yml; there is .github/evalgate.yml"),
        (("--last", "0"), "expected a whole number from 1 to 9999: '0'"),
        (("--last", "-3"), "expected a whole number from 1 to 9999: '-3'"),
        (("--since", "2026-02-30"), "expected a day such as 2026-03-31: '2026-02-30'"),
        (("--since", "20260230"), "expected a day such as 2026-03-31: '20260230'"),
        (("--json", "--csv"), "not allowed with argument"),
    ],
)
def test_what_is_not_known_is_a_usage_error(
    shop: Path, words: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = evalgate(shop, "history", *words)
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_any_record_the_command_that_makes_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_repository(tmp_path, "main")
    assert evalgate(tmp_path, "history") == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "There is no record in reports/baselines yet: `evalgate record --trials 3`" in said.err


@pytest.mark.parametrize("more", [(), ("--case", "c0"), ("--since", "2027-01-01")])
def test_a_prompt_without_a_record_is_no_error(
    shop: Path, more: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "history", "two", *more) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "There is no record of two in" in said.err


def test_a_missing_branch_of_records_is_named(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, {".github/evalgate.yml": "baseline: {branch: kept}\n"})
    assert evalgate(shop, "history") == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "There is no record of one, two on the branch kept yet" in said.err


def test_a_branch_of_records_is_read_whatever_lies_in_the_work_tree(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / ".git/refs/heads/kept").write_text((shop / ".git/refs/heads/main").read_text())
    write(
        shop,
        {
            ".github/evalgate.yml": "baseline: {branch: kept}\n",
            "reports/baselines/one.set.jsonl": record("one", False),
        },
    )
    evalgate(shop, "history", "one")
    assert days(capsys.readouterr().out) == ["2026-01-02", "2026-02-02", "2026-03-02"]


def test_each_root_tells_its_own(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = "paths: {prompts: b/prompts, evalsets: b/evalsets, baselines: b/records}\n"
    write(
        shop,
        {
            ".github/evalgate.b.yml": paths,
            "b/prompts/three/live.yaml": "stable: v1\n",
            "b/prompts/three/v1.md": VERSION,
            "b/records/three.set.jsonl": record("three", True),
        },
    )
    evalgate(shop, "history")
    told = capsys.readouterr()
    assert "one on set (.github/evalgate.yml)" in told.out
    assert "three on set (.github/evalgate.b.yml)" in told.out
    assert "`evalgate record --trials 3 --policy .github/evalgate.yml`" in told.err
    evalgate(shop, "history", "--policy", ".github/evalgate.b.yml")
    assert "one on set" not in capsys.readouterr().out
    evalgate(shop, "history", "three")
    told = capsys.readouterr()
    assert "one on set" not in told.out
    assert told.err == ""


def test_machines_get_a_document(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evalgate(shop, "history", "one", "--json", "--case", "c1") == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert (document["schema"], document["notes"], said.err) == ("history/1", [], "")
    points = document["tracks"][0]["points"]
    assert [point["cases"] for point in points] == [2, 3, 4]
    assert [point["outcomes"] for point in points] == [[0.0], [1.0], [1.0]]
    assert points[0]["released"]["by"] == "ann"


def test_a_document_tells_what_is_missing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evalgate(shop, "history", "two", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["tracks"] == []
    assert "no record of two" in document["notes"][0]


def test_spreadsheets_get_a_row_for_each_point(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "history", "--csv") == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(said.out.splitlines()))
    assert [row["rate"] for row in rows] == ["0.5", "0.666667", "0.75"]
    assert "no record of two" in said.err


def test_a_live_pointer_that_cannot_be_read_costs_the_releases_alone(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, {"prompts/one/live.yaml": "stable: [\n"})
    assert evalgate(shop, "history", "one") == 0
    said = capsys.readouterr()
    assert len(days(said.out)) == 3
    assert "became stable" not in said.out
    assert "Releases are not told, since live pointers cannot be read" in said.err


def test_lines_that_are_no_trials_are_mentioned(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, {"reports/baselines/one.set.jsonl": "{\n" + record("one", True)})
    assert evalgate(shop, "history", "one") == 0
    assert "1 line of the records, past ones included, could not be" in capsys.readouterr().err
