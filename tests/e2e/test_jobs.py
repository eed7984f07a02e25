"""Exit code, status, comment, summary, annotation and outputs of one job tell one truth."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all
from tests.e2e.job import REPORT, Ended, Job
from tests.e2e.shop import (
    POLICY,
    Claude,
    make_shop,
    simulated_claude,
    start,
    trials,
    version,
    write,
)
from tests.github.server import Serving, serve

pytestmark = pytest.mark.slow

HARMLESS = {"prompts/p/v2.md": version("Always name the 30 days.")}
DAMAGING = {"prompts/p/v2.md": version("Be kind.")}
SHORTER = {
    "evalsets/p.yaml": "prompts: [p]\ngraders: [{rubric: names the window}]\ncases:\n"
    + "".join(f"  - {{id: c{n}, vars: {{question: 'number {n}'}}}}\n" for n in range(15))
}
LENIENT = POLICY.replace("max_drop: 20", "max_drop: 20, on_inconclusive: warn")
LARGEST_SUMMARY = 1_048_576
"""Bytes that one step may add to the summary of its job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What each surface says: `icon` begins comment and summary, `level` is the annotation's."""

    exit_code: int
    state: str
    icon: str
    level: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a pull request does, and with what its job is run."""

    files: Mapping[str, str]
    policy: str = POLICY
    inputs: Mapping[str, str] = field(default_factory=dict)


PASSED = Told(exit_code=0, state="success", icon="✓", level="notice", verdict="pass")
BLOCKED = Told(exit_code=1, state="failure", icon="✗", level="error", verdict="fail")
UNDECIDED = Told(exit_code=3, state="failure", icon="?", level="warning", verdict="inconclusive")
BROKEN = Told(exit_code=2, state="error", icon="!", level="error", verdict="error")
TABLE: Mapping[str, tuple[Change, Told]] = {
    "pass": (Change(files=HARMLESS), PASSED),
    "fail": (Change(files=DAMAGING), BLOCKED),
    "inconclusive, which blocks": (Change(files=HARMLESS | SHORTER), UNDECIDED),
    "inconclusive, of which the policy warns": (
        Change(files=HARMLESS | SHORTER, policy=LENIENT),
        Told(exit_code=0, state="success", icon="?", level="warning", verdict="inconclusive"),
    ),
    "an outage": (
        Change(files=HARMLESS, inputs={"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}),
        Told(exit_code=4, state="error", icon="!", level="error", verdict="error"),
    ),
    "the limit of cost": (
        Change(files=HARMLESS, inputs={"EVALGATE_MAX_COST": "0.0001"}),
        Told(exit_code=4, state="error", icon="!", level="error", verdict="error"),
    ),
    "a broken set": (Change(files={"evalsets/p.yaml": "prompts: [p]\ncases: []\n"}), BROKEN),
    "a broken policy": (Change(files={".github/evalgate.yml": "gaet: 1\n"}), BROKEN),
    "no key": (
        Change(files=HARMLESS, inputs={"ANTHROPIC_BASE_URL": "", "ANTHROPIC_API_KEY": ""}),
        BROKEN,
    ),
    "an unknown base": (
        Change(files=HARMLESS, inputs={"EVALGATE_BASE": "origin/gone"}),
        Told(exit_code=2, state="error", icon="!", level="error", verdict=""),
    ),
    "a misspelt input": (
        Change(files=HARMLESS, inputs={"EVALGATE_SIMULATE": "yes"}),
        Told(exit_code=2, state="error", icon="!", level="error", verdict=""),
    ),
}


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture
def github() -> Iterator[Serving]:
    with serve() as github:
        yield github
        assert (github.violations, github.refused) == ([], [])


def proposed(shop: Path, files: Mapping[str, str]) -> Path:
    """Make what is committed the default branch of origin, and commit files onto a branch."""
    check(shop, "update-ref", "refs/remotes/origin/main", "HEAD")
    check(shop, "switch", "--quiet", "--create", "topic")
    write(shop, files)
    commit_all(shop, "change")
    return shop


def job_of(folder: Path, github: Serving, claude: Claude, change: Change) -> Job:
    shop = make_shop(folder / "shop", policy=change.policy)
    (shop / "prompts/p/v2.md").unlink()
    job = Job(shop=proposed(shop, change.files), github=github, claude=claude)
    job.open()
    return job


def heading(text: str) -> str:
    """Return the sign at the first heading of a page."""
    return next(line for line in text.splitlines() if line.startswith("## "))[3]


def told(job: Job, ended: Ended) -> Told:
    (status,) = job.statuses().values()
    (body,) = job.bodies()
    assert heading(body) == heading(ended.summary)
    (level,) = [each for each in ("error", "warning", "notice") if ended.annotations(each)]
    return Told(
        exit_code=ended.exit_code,
        state=status.state,
        icon=heading(body),
        level=level,
        verdict=ended.outputs.get("verdict", ""),
    )


@pytest.mark.parametrize("name", TABLE)
def test_all_surfaces_agree(tmp_path: Path, github: Serving, claude: Claude, name: str) -> None:
    change, expected = TABLE[name]
    job = job_of(tmp_path, github, claude, change)
    ended = job.run(tmp_path / "job", **change.inputs)
    assert told(job, ended) == expected, ended.log
    assert ended.summary.count("## ") >= 1
    (status,) = job.statuses().values()
    assert status.target_url == REPORT
    assert ended.outputs["comment-url"].endswith(f"-{github.state.comments_on(7)[0].id}")


def test_where_nothing_is_to_be_judged_all_is_green_and_no_comment_says_so(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    job = job_of(tmp_path, github, claude, Change(files={"README.md": "A shop.\n"}))
    ended = job.run(tmp_path / "job")
    (status,) = job.statuses().values()
    assert (ended.exit_code, status.state, job.bodies()) == (0, "success", [])
    assert (heading(ended.summary), ended.outputs["verdict"]) == ("–", "not_applicable")


@pytest.mark.parametrize(("how", "code"), [("kill", 137), ("interrupt", 130)])
def test_a_step_that_is_ended_in_the_middle_leaves_an_error(
    tmp_path: Path, github: Serving, how: str, code: int
) -> None:
    with simulated_claude(latency_ms=300) as slow:
        job = job_of(tmp_path, github, slow, Change(files=HARMLESS))
        judging = start(job.shop, "action", variables=job.variables(tmp_path / "job"))
        while not slow.calls:
            time.sleep(0.02)
        assert [status.state for status in job.statuses().values()] == ["pending"]
        getattr(judging, how)()
        judging.wait()
        ended = job.publish(tmp_path / "job", ended=code)
    assert told(job, ended) == Told(
        exit_code=code, state="error", icon="!", level="error", verdict=""
    )
    assert "every case" not in job.bodies()[0] + ended.summary


def test_a_judging_by_hand_that_never_began_leaves_an_error(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    job = job_of(tmp_path, github, claude, Change(files=HARMLESS))
    by_hand = {"GITHUB_EVENT_NAME": "workflow_dispatch", "EVALGATE_BASE": "origin/gone"}
    assert job.run(tmp_path / "job", **by_hand).exit_code == 2
    assert [status.state for status in job.statuses().values()] == ["error"]
    assert job.bodies() == []


@pytest.mark.parametrize("activity", ["promote", "record", "relay", "judge-fork", "nothing"])
def test_what_judges_no_change_says_nothing_of_the_pull_request(
    tmp_path: Path, github: Serving, claude: Claude, activity: str
) -> None:
    job = job_of(tmp_path, github, claude, Change(files=HARMLESS))
    job.run(tmp_path / "job", EVALGATE_ACTIVITY=activity)
    assert (job.statuses(), job.bodies()) == ({}, [])


def test_shards_are_silent_and_the_job_that_joins_them_speaks(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    job = job_of(tmp_path, github, claude, Change(files=DAMAGING))
    for number in (1, 2):
        out = str(tmp_path / "shards" / str(number))
        shard = {"EVALGATE_SHARD": f"{number}/2", "EVALGATE_OUT": out}
        assert job.run(tmp_path / f"shard{number}", **shard).exit_code == 0
    assert (job.statuses(), job.bodies()) == ({}, [])
    ended = job.run(tmp_path / "job", EVALGATE_MERGE=str(tmp_path / "shards"))
    assert told(job, ended) == BLOCKED
    assert len(trials(ended.folder)) == 80


@pytest.mark.parametrize(
    ("expired", "below", "goes_on"), [(False, "", True), (True, "", False), (False, "a/b/", False)]
)
def test_a_re_run_goes_on_with_what_the_attempt_before_has_left(  # noqa: PLR0913
    tmp_path: Path, github: Serving, claude: Claude, *, expired: bool, below: str, goes_on: bool
) -> None:
    job = job_of(tmp_path, github, claude, Change(files=HARMLESS))
    named = {"EVALGATE_ARTIFACT": "evalgate-reports"}
    first = job.run(tmp_path / "first", **named)
    assert github.requests_for("artifacts") == []
    job.upload(first, "evalgate-reports", expired=expired, below=below)
    calls = claude.calls
    again = job.run(tmp_path / "again", **named, GITHUB_RUN_ATTEMPT="2")
    assert told(job, again) == PASSED
    assert (claude.calls == calls) == goes_on
    assert ("could not be had, so all are run anew" in again.log) == (not goes_on)


# Several roots


def monorepo(folder: Path, roots: Sequence[str]) -> Path:
    shop = make_shop(folder / "shop")
    check(shop, "rm", "--quiet", "-r", "prompts", "evalsets", ".github")
    listed = SHORTER["evalsets/p.yaml"]
    for root in roots:
        name = "evalgate.yml" if root == "main" else f"evalgate.{root}.yml"
        paths = f"paths: {{prompts: {root}/prompts, evalsets: {root}/evalsets}}\n"
        write(
            shop,
            {
                f".github/{name}": paths + POLICY,
                f"{root}/prompts/p/v1.md": version("Name the 30 days."),
                f"{root}/prompts/p/live.yaml": "stable: v1\n",
                f"{root}/evalsets/p.yaml": listed,
            },
        )
    commit_all(shop, "roots")
    return shop


def in_root(root: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{root}/{path}": text for path, text in files.items()}


def roots_job(
    folder: Path, github: Serving, claude: Claude, *, roots: Sequence[str], files: Mapping[str, str]
) -> Job:
    job = Job(shop=proposed(monorepo(folder, roots), files), github=github, claude=claude)
    job.open()
    return job


def test_each_root_has_its_own_status_and_all_share_one_comment(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    files = in_root("billing", DAMAGING) | in_root("main", HARMLESS)
    files |= {".github/evalgate.cards.yml": "gaet: 1\n"}
    roots = ("main", "billing", "cards", "quiet")
    job = roots_job(tmp_path, github, claude, roots=roots, files=files)
    ended = job.run(tmp_path / "job")
    assert {context: status.state for context, status in job.statuses().items()} == {
        "evalgate": "success",
        "evalgate / billing": "failure",
        "evalgate / cards": "error",
        "evalgate / quiet": "success",
    }
    (body,) = job.bodies()
    for text in (body, ended.summary):
        places = [text.index(f"<code>{root}</code>") for root in ("billing", "cards", "main")]
        assert places == sorted(places)
    assert "Nothing to judge in <code>quiet</code>." in body
    assert (ended.exit_code, ended.outputs["verdict"]) == (1, "fail")
    assert " / billing,file=billing/prompts/p/v2.md" in ended.log


def test_the_cost_of_several_roots_is_that_of_all(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    files = in_root("billing", DAMAGING) | in_root("main", HARMLESS)
    job = roots_job(tmp_path, github, claude, roots=("main", "billing"), files=files)
    billed = len(claude.bill)
    ended = job.run(tmp_path / "job")
    assert float(ended.outputs["cost"]) == pytest.approx(sum(claude.bill[billed:]), abs=1e-6)


@pytest.mark.full
def test_many_roots_stay_within_what_a_step_and_a_comment_can_show(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    roots = [f"r{number}" for number in range(12)]
    files: dict[str, str] = {}
    for root in roots:
        files |= in_root(root, {"prompts/p/v2.md": version("Be kind. " + "No words. " * 500)})
    job = roots_job(tmp_path, github, claude, roots=roots, files=files)
    ended = job.run(tmp_path / "job")
    shown = ended.annotations("error")
    assert len(shown) == 10
    assert shown[-1].startswith("3 more remarks of this kind")
    (body,) = job.bodies()
    assert len(body) <= 65_536
    assert len(ended.summary.encode()) < LARGEST_SUMMARY
    assert len(job.statuses()) == 12
