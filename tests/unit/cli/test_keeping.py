"""Facts about writing trials into the records of the work tree."""

import json
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all
from evalgate.cli.keeping import keep
from evalgate.model.chat import Completion, Usage
from evalgate.model.policy import BaselineSettings, Policy
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.prompts.shared import identity
from tests.unit.cli.shops import VERSION, make_shop

STABLE = identity(VERSION.encode(), {})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path)


def trial(case: str, *, index: int = 0, evalset: str = "p", prompt: str = "p") -> Trial:
    usage = Usage(input_tokens=1, output_tokens=1)
    completion = Completion(
        text="Hi", model="claude-haiku-5-5", stop_reason="end_turn", usage=usage, latency_ms=5
    )
    return Trial(
        prompt=prompt,
        version="v1",
        version_hash=STABLE,
        evalset=evalset,
        arm=Arm.CANDIDATE,
        case=case,
        trial=index,
        status=TrialStatus.GRADED,
        passed=True,
        completion=completion,
        asked=f"{prompt}/{evalset}/{case}/{index}",
        grading="g",
        calls=1,
        cost_usd=0.5,
        booked_usd=0.5,
    )


def kept(shop: Path, *trials: Trial) -> dict[str, list[tuple[str, int]]]:
    with chdir(shop):
        keep(trials, Policy(), GitRepository(Path.cwd()), in_workflow=False)
    files = (shop / "reports/baselines").glob("*") if (shop / "reports").exists() else ()
    return {
        path.name: [
            (line["case"], line["trial"]) for line in map(json.loads, path.read_text().splitlines())
        ]
        for path in files
    }


def test_what_is_kept_joins_what_was_kept_before(shop: Path) -> None:
    kept(shop, trial("a"), trial("a", index=1))
    assert kept(shop, trial("b"), trial("a", index=1)) == {
        "p.p.jsonl": [("a", 0), ("a", 1), ("b", 0)]
    }


def test_a_record_names_the_baseline_and_has_cost_nothing(shop: Path) -> None:
    kept(shop, trial("a"))
    line = json.loads((shop / "reports/baselines/p.p.jsonl").read_text())
    assert (line["arm"], line["calls"], line["cost_usd"]) == ("baseline", 0, 0.0)


def test_versions_that_are_not_stable_and_trials_without_a_grade_are_not_kept(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = replace(trial("a"), version_hash="another")
    errored = replace(trial("b"), status=TrialStatus.ERRORED, passed=None)
    assert kept(shop, other, errored) == {}
    assert capsys.readouterr().out == "no trial of a stable version: nothing was written\n"


def test_each_set_has_a_file_of_its_own(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(kept(shop, trial("a"), trial("a", evalset="more"))) == {"p.p.jsonl", "p.more.jsonl"}
    assert "1 trial of p on more: " in capsys.readouterr().out


def test_what_a_branch_has_on_record_is_joined_with_the_work_tree_and_said_to_belong_there(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(shop, trial("a"))
    check(shop, "add", "--force", "reports")
    commit_all(shop, "records")
    check(shop, "branch", "records")
    (shop / "reports/baselines/p.p.jsonl").unlink()
    kept(shop, trial("b"))
    policy = Policy(baseline=BaselineSettings(branch="records"))
    for in_workflow, found in ((True, ["b", "c"]), (False, ["a", "b", "c"])):
        with chdir(shop):
            keep([trial("c")], policy, GitRepository(Path.cwd()), in_workflow=in_workflow)
        lines = (shop / "reports/baselines/p.p.jsonl").read_text().splitlines()
        assert [json.loads(line)["case"] for line in lines] == found
    assert "the gate reads records from records: commit them there" in capsys.readouterr().out


def test_a_record_that_git_ignores_is_not_forgotten_by_the_next(shop: Path) -> None:
    (shop / ".gitignore").write_text("reports/*\n")
    kept(shop, trial("a"))
    assert kept(shop, trial("b")) == {"p.p.jsonl": [("a", 0), ("b", 0)]}
