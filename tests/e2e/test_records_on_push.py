"""Facts about records that a push to the default branch leaves, and the gate that reads them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all
from evalgate.cli.recording import record_on_github
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.errors import ExitCode, UsageError
from evalgate.simulator.fake_github import FakeGitHub
from tests.act.newcomer import push_event
from tests.e2e.job import Ended, Job
from tests.e2e.shop import (
    KEY,
    POLICY,
    Claude,
    environment,
    inside,
    make_shop,
    run,
    simulated_claude,
    trials,
    version,
    write,
)
from tests.github.server import Serving, serve

FILE = "reports/baselines/p.p.jsonl"
ON_A_BRANCH = POLICY + "baseline: {branch: evalgate-records}\n"
BRANCH = "evalgate-records"
TRUSTED = f"refs/remotes/origin/{BRANCH}"


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture(autouse=True)
def key(claude: Claude, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.base_url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def shop_with(folder: Path, policy: str = ON_A_BRANCH, *, cases: int = 4) -> Path:
    """Make a repository whose default branch is checked out, as after a push."""
    shop = make_shop(folder / "shop", cases=cases, policy=policy)
    (shop / "prompts/p/v2.md").unlink()
    return shop


def pushed(shop: Path) -> FakeGitHub:
    """Return a GitHub that has what the shop has committed."""
    github = FakeGitHub()
    commit = GitRepository(shop).resolve("HEAD")
    github.seed("main", {"prompts/p/live.yaml": "stable: v1\n"}, commit=commit)
    return github


def record(shop: Path, github: FakeGitHub, *, folder: str = "recorded", **inputs: str) -> ExitCode:
    with chdir(shop):
        return record_on_github(
            Workflow(commit=GitRepository(shop).resolve("HEAD"), repository="team/shop", run=7),
            Inputs(**inputs),
            github,
            GitRepository(shop),
            folder=shop.parent / folder,
            default_branch="main",
        )


def on_record(github: FakeGitHub, branch: str, file: str = FILE) -> Counter[tuple[str, int]]:
    lines = map(json.loads, github.files(branch)[file].splitlines())
    return Counter((each["case"], each["trial"]) for each in lines)


def all_trials(number: int, cases: int = 4) -> Counter[tuple[str, int]]:
    return Counter((f"c{case}", index) for case in range(cases) for index in range(number))


def fetched(shop: Path, github: FakeGitHub) -> None:
    """Bring the branch of the records into the clone, as a checkout does."""
    check(shop, "switch", "--quiet", "--orphan", "fetched")
    write(shop, {FILE: github.files("evalgate-records")[FILE]})
    check(shop, "add", "--force", FILE)
    commit_all(shop, "records")
    check(shop, "update-ref", TRUSTED, "HEAD")
    check(shop, "switch", "--quiet", "main")
    check(shop, "branch", "--quiet", "-D", "fetched")


def test_records_begin_a_branch_of_their_own_and_cost_nothing_twice(
    tmp_path: Path, claude: Claude, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_with(tmp_path)
    github = pushed(shop)
    assert record(shop, github) is ExitCode.OK
    assert set(github.files("evalgate-records")) == {FILE}
    assert on_record(github, "evalgate-records") == all_trials(3)
    assert github.writes == ["commit"]
    assert "runs/7" in github.commits[github.branches["evalgate-records"]].message
    assert f"12 trials in {FILE} on evalgate-records" in capsys.readouterr().out
    assert "evalgate-records" not in check(shop, "branch", "--all").decode()

    fetched(shop, github)
    calls = claude.calls
    assert record(shop, github, folder="again") is ExitCode.OK
    assert (claude.calls, github.writes) == (calls, ["commit"])
    assert "nothing is lacking in the record on evalgate-records" in capsys.readouterr().out


def test_the_gate_reads_them_there_and_pays_for_the_candidate_alone(
    tmp_path: Path, claude: Claude
) -> None:
    shop = shop_with(tmp_path, cases=20)
    github, first = pushed(shop), tmp_path / "first"
    record(shop, github)
    write(shop, {"prompts/p/v2.md": version("Always name the 30 days.")})
    without = run(shop, "gate", "--out", str(first), "--no-cache", server=claude)
    assert without.returncode == 0, without.stderr
    verdict = json.loads((first / "verdict.json").read_text())
    assert any("There is no record yet" in note for note in verdict["notes"])
    assert json.loads((first / "plan.json").read_text())["records"] == ""

    (shop / "prompts/p/v2.md").unlink()
    fetched(shop, github)
    write(shop, {"prompts/p/v2.md": version("Always name the 30 days.")})
    done = run(shop, "gate", "--out", "run2", "--no-cache", server=claude)
    assert done.returncode == 0, done.stderr
    reused = Counter((each["arm"], each["reused"]) for each in trials(shop / "run2"))
    assert reused["baseline", "record"] >= 60
    planned = json.loads((shop / "run2/plan.json").read_text())
    assert planned["records"] == GitRepository(shop).resolve(TRUSTED)

    # What is decided about a finished run goes by the records with which it began.
    check(shop, "update-ref", "-d", TRUSTED)
    gone = run(shop, "report", "run2", server=claude)
    assert (gone.returncode, "begin a new run" in gone.stderr) == (2, True)
    check(shop, "update-ref", TRUSTED, planned["records"])
    later = check(
        shop,
        *("-c", "user.name=x", "-c", "user.email=x@y", "commit-tree", "-m", "emptied"),
        *("-p", planned["records"], check(shop, "mktree").decode().strip()),
    )
    check(shop, "update-ref", TRUSTED, later.decode().strip())
    assert run(shop, "report", "run2", server=claude).returncode == 0
    assert run(shop, "report", str(first), server=claude).returncode == 0


@pytest.mark.parametrize("in_workflow", [True, False])
def test_a_branch_of_the_clone_counts_outside_of_workflows_alone(
    tmp_path: Path, claude: Claude, *, in_workflow: bool
) -> None:
    shop = shop_with(tmp_path, cases=20)
    check(shop, "branch", "evalgate-records")
    check(shop, "switch", "--quiet", "--create", "change")
    write(shop, {"prompts/p/v2.md": version("Always name the 30 days.")})
    commit_all(shop, "change")
    variables = environment(claude) | ({"GITHUB_ACTIONS": "true"} if in_workflow else {})
    words = ("plan", "--base", "main", "--out", str(tmp_path / "planned"))
    done = inside(shop, *words, variables=variables)
    assert done.returncode == 0, done.stderr
    planned = json.loads((tmp_path / "planned/plan.json").read_text())
    here = GitRepository(shop).resolve("refs/heads/evalgate-records")
    assert planned["records"] == ("" if in_workflow else here)


def test_a_run_for_a_commit_that_is_the_latest_no_more_drops_nothing(tmp_path: Path) -> None:
    shop = shop_with(tmp_path)
    first = pushed(shop)
    record(shop, first)
    newer = first.files("evalgate-records")[FILE].replace('"asked": "', '"asked": "x')
    newer = re.sub(r'"version_hash": "\w+"', '"version_hash": "newer"', newer)
    github = pushed(shop)
    github.seed("evalgate-records", {FILE: newer})
    github.seed("main", {"prompts/p/live.yaml": "stable: v2\n"})
    assert record(shop, github, folder="late") is ExitCode.OK
    assert on_record(github, "evalgate-records").total() == 24
    latest = pushed(shop)
    latest.seed("evalgate-records", {FILE: newer})
    assert record(shop, latest, folder="latest") is ExitCode.OK
    assert on_record(latest, "evalgate-records") == all_trials(3)


def test_a_policy_of_the_head_names_no_other_branch(tmp_path: Path, claude: Claude) -> None:
    shop = shop_with(tmp_path, POLICY, cases=20)
    check(shop, "update-ref", "refs/remotes/origin/mine", "HEAD")
    write(
        shop,
        {
            "prompts/p/v2.md": version("Always name the 30 days."),
            ".github/evalgate.yml": POLICY + "baseline: {branch: mine}\n",
        },
    )
    done = run(shop, "gate", "--out", "run", server=claude)
    assert done.returncode == 0, done.stderr
    notes = json.loads((shop / "run/verdict.json").read_text())["notes"]
    assert "`baseline.branch` changes from null to mine." in notes
    assert json.loads((shop / "run/plan.json").read_text())["records"] is None


def test_without_a_branch_records_are_committed_beside_the_prompts(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, POLICY)
    github = pushed(shop)
    assert record(shop, github, record_trials="4") is ExitCode.OK
    assert on_record(github, "main") == all_trials(4)
    assert "prompts/p/live.yaml" in github.files("main")


def test_what_a_run_commits_itself_makes_it_no_older(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, POLICY)
    other = "paths: {prompts: zoo/prompts, evalsets: zoo/evalsets, baselines: zoo/records}\n"
    files = {path: (shop / path).read_text() for path in ("prompts/p/v1.md", "evalsets/p.yaml")}
    write(
        shop,
        {f"zoo/{path}": text for path, text in files.items()}
        | {".github/evalgate.zoo.yml": other + POLICY, "zoo/prompts/p/live.yaml": "stable: v1\n"},
    )
    commit_all(shop, "zoo")
    github = pushed(shop)
    record(shop, github)
    place = "zoo/records/p.p.jsonl"
    old = github.files("main")[place].replace('"asked": "', '"asked": "x')
    old = re.sub(r'"version_hash": "\w+"', '"version_hash": "older"', old)
    late = pushed(shop)
    late.seed("main", {place: old}, commit=late.branches["main"])
    assert record(shop, late, folder="late") is ExitCode.OK
    assert late.writes == ["commit", "commit"]
    assert on_record(late, "main", place) == all_trials(3)


def test_two_pushes_that_record_at_once_lose_nothing(tmp_path: Path) -> None:
    shop = shop_with(tmp_path)
    first = pushed(shop)
    record(shop, first)
    theirs = first.files("evalgate-records")[FILE].replace('"c0"', '"elsewhere"')
    theirs = theirs.replace('"asked": "', '"asked": "x')
    github = pushed(shop)
    others = [{FILE: theirs}]

    def meanwhile(_: str) -> None:
        if others:
            github.seed("evalgate-records", others.pop())

    github.before = meanwhile
    assert record(shop, github, folder="second") is ExitCode.OK
    assert on_record(github, "evalgate-records").total() == 24
    assert on_record(github, "evalgate-records")["elsewhere", 0] == 1


def recorded_by_a_job(shop: Path, github: Serving, claude: Claude, scratch: Path) -> Ended:
    """Run the Action for a push of what is checked out."""
    job = Job(shop=shop, github=github, claude=claude)
    scratch.mkdir()
    event = scratch / "push.json"
    event.write_text(json.dumps(push_event(job.head)))
    return job.run(
        scratch,
        GITHUB_EVENT_NAME="push",
        GITHUB_EVENT_PATH=str(event),
        GITHUB_REF="refs/heads/main",
        GITHUB_BASE_REF="",
    )


@pytest.mark.parametrize(
    ("policy", "branch"), [(POLICY, "main"), (ON_A_BRANCH, BRANCH)], ids=["main", "branch"]
)
def test_two_jobs_that_record_at_once_lose_nothing(
    tmp_path: Path, claude: Claude, policy: str, branch: str
) -> None:
    older, newer = (shop_with(tmp_path / name, policy) for name in ("older", "newer"))
    added = (newer / "evalsets/p.yaml").read_text().replace("number", "another")
    write(newer, {"evalsets/q.yaml": added})
    commit_all(newer, "another set")
    with serve() as github, ThreadPoolExecutor() as jobs:
        for shop in (older, newer):
            files = GitRepository(shop).files("HEAD", ["."])
            texts = {path: content.decode() for path, content in files.items()}
            head = GitRepository(shop).resolve("HEAD")
            github.state.git.push("main", texts, commit=head)
        begun = [
            jobs.submit(
                recorded_by_a_job, shop, github, claude, tmp_path / f"{shop.parent.name}-job"
            )
            for shop in (older, newer)
        ]
        assert [each.result().exit_code for each in begun] == [0, 0]
        kept = [
            github.state.git.text(path, ref=branch) or ""
            for path in (FILE, FILE.replace("p.p", "p.q"))
        ]
        assert [len(text.splitlines()) for text in kept] == [12, 12]
        assert (github.violations, github.refused) == ([], [])


def test_records_that_may_not_be_stored_are_kept_in_the_run_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_with(tmp_path)
    github = replace(pushed(shop), refused=("contents",))
    assert record(shop, github) is ExitCode.NOT_EVALUATED
    said = capsys.readouterr().err
    assert "the job that records needs `permissions: {contents: write}`" in said
    assert f"{shop.parent / 'recorded'} has the trials" in said
    assert "baseline.branch" not in said
    with chdir(shop):
        assert run(shop, "record", str(shop.parent / "recorded")).returncode == 0
    assert (shop / FILE).read_text().count("\n") == 12


def test_a_protected_default_branch_advises_another_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_with(tmp_path, POLICY)
    github = replace(pushed(shop), refused=("contents",))
    assert record(shop, github) is ExitCode.NOT_EVALUATED
    assert "name one for records in `baseline.branch`" in capsys.readouterr().err


def test_without_a_policy_there_is_nothing_to_record_by(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    shop = shop_with(tmp_path)
    (shop / ".github/evalgate.yml").unlink()
    commit_all(shop, "no policy")
    github = pushed(shop)
    assert record(shop, github) is ExitCode.OK
    said = capsys.readouterr()
    assert "there is no policy .github/evalgate.yml yet" in said.err
    assert "::notice title=evalgate::there is no policy" in said.out
    assert github.writes == []


def test_prompts_without_anything_to_run_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_with(tmp_path)
    (shop / "evalsets/p.yaml").unlink()
    write(shop, {"prompts/new/v1.md": version("New.")})
    commit_all(shop, "nothing stable is covered")
    assert record(shop, pushed(shop)) is ExitCode.OK
    said = capsys.readouterr().err
    assert "p is left out: no eval set covers it" in said
    assert "new is left out: it has no stable version" in said


def test_each_root_is_recorded_and_a_wrong_one_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_with(tmp_path)
    other = "paths: {prompts: more/prompts, evalsets: more/evalsets}\nbaseline: {branch: main}\n"
    write(
        shop,
        {
            ".github/evalgate.more.yml": other,
            "more/prompts/q/v1.md": version("Name the 30 days."),
            "more/prompts/q/live.yaml": "stable: v1\n",
            "more/evalsets/q.yaml": (shop / "evalsets/p.yaml").read_text().replace("[p]", "[q]"),
        },
    )
    commit_all(shop, "another root")
    github = pushed(shop)
    assert record(shop, github) is ExitCode.USAGE
    assert "baseline.branch: main has everything else too" in capsys.readouterr().err
    assert set(github.files("evalgate-records")) == {FILE}
    write(shop, {".github/evalgate.more.yml": other.replace("main", "more-records")})
    commit_all(shop, "mended")
    github = pushed(shop)
    assert record(shop, github, folder="second") is ExitCode.OK
    assert set(github.files("more-records")) == {FILE.replace("p.p", "q.q")}
    assert (shop.parent / "second/more/trials.jsonl").exists()


def test_a_run_that_a_limit_stops_keeps_what_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = shop_with(tmp_path)
    cases = (shop / "evalsets/p.yaml").read_text()
    write(shop, {"evalsets/p.yaml": cases.replace("rubric: names the window", "contains: About")})
    commit_all(shop, "a check")
    github = pushed(shop)
    assert record(shop, github, max_cost="7e-05") is ExitCode.NOT_EVALUATED
    assert "are missing; the others are kept" in capsys.readouterr().err
    assert 0 < on_record(github, "evalgate-records").total() < 12


def test_what_may_not_be_recorded_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = shop_with(tmp_path)
    github = pushed(shop)
    with pytest.raises(UsageError, match="simulated answers are no record of anything"):
        record(shop, github, simulate="true")
    for wrong in ({"max_cost": "much"}, {"record_trials": "many"}, {"record_trials": "11"}):
        assert record(shop, github, **wrong) is ExitCode.USAGE
    with pytest.raises(UsageError, match=r"there is no x\.yml"):
        record(shop, github, policy="x.yml")
    workflow = Workflow(commit="a" * 40)
    with chdir(shop), pytest.raises(UsageError, match="check out what was pushed"):
        record_on_github(
            workflow,
            Inputs(),
            github,
            GitRepository(shop),
            folder=tmp_path / "run",
            default_branch="main",
        )
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    with pytest.raises(UsageError, match="`evalgate record` trusts the work tree"):
        record(shop, github)
    assert github.writes == []
