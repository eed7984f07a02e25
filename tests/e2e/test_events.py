"""What a job does about the events that are no push to a pull request of ours."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from evalgate.adapters.git_process import check
from tests.act.newcomer import OURS, STRANGERS, pull_request_event
from tests.e2e.job import Ended, Job
from tests.e2e.shop import Claude, simulated_claude
from tests.e2e.test_jobs import DAMAGING, HARMLESS, Change, job_of
from tests.github.server import Serving, serve

BY_HAND = {"ref": "refs/heads/topic", "inputs": None}
KEYLESS = {"ANTHROPIC_API_KEY": "", "ANTHROPIC_BASE_URL": ""}
QUEUE = "refs/heads/gh-readonly-queue/main/pr-7-0123456789abcdef0123456789abcdef01234567"
TRUNK = {"full_name": OURS, "default_branch": "trunk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event of the topic branch, and what is to become of it; `HEAD` and `BASE` are filled in.

    `state` is that of the commit status, empty where there is none.
    """

    event: str
    payload: Mapping[str, Any]
    exit_code: int
    activity: str
    state: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


HAPPENINGS = {
    "by hand": Happening(
        event="workflow_dispatch",
        payload=BY_HAND,
        exit_code=1,
        activity="gate",
        state="failure",
    ),
    "a push to a branch": Happening(
        event="push",
        payload={"ref": "refs/heads/topic", "after": "HEAD"},
        exit_code=1,
        activity="gate",
        state="failure",
    ),
    "a push to a branch beside trunk": Happening(
        event="push",
        payload={"ref": "refs/heads/topic", "after": "HEAD", "repository": TRUNK},
        exit_code=1,
        activity="gate",
        state="failure",
    ),
    "a tag": Happening(
        event="push",
        payload={"ref": "refs/tags/v1", "after": "HEAD"},
        exit_code=0,
        activity="nothing",
    ),
    "a merge queue": Happening(
        event="merge_group",
        payload={
            "merge_group": {
                "head_sha": "HEAD",
                "head_ref": QUEUE,
                "base_sha": "BASE",
                "base_ref": "refs/heads/main",
            }
        },
        exit_code=1,
        activity="gate",
        state="failure",
    ),
    "a merge queue without a key": Happening(
        event="merge_group",
        payload={
            "merge_group": {"head_sha": "HEAD", "base_sha": "BASE", "base_ref": "refs/heads/main"}
        },
        variables=KEYLESS,
        exit_code=2,
        activity="gate",
        state="error",
    ),
    "a fork": Happening(
        event="pull_request",
        payload=pull_request_event("HEAD", repository=STRANGERS),
        variables=KEYLESS,
        exit_code=3,
        activity="screen",
    ),
    "a fork that is deleted": Happening(
        event="pull_request",
        payload=pull_request_event("HEAD", repository=None),
        variables=KEYLESS,
        exit_code=3,
        activity="screen",
    ),
    "a robot": Happening(
        event="pull_request",
        payload=pull_request_event("HEAD", repository=OURS),
        variables={**KEYLESS, "GITHUB_ACTOR": "dependabot[bot]"},
        exit_code=3,
        activity="screen",
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


def happened(job: Job, happening: Happening, scratch: Path) -> Ended:
    scratch.mkdir()
    payload = {"repository": {"full_name": OURS, "default_branch": "main"}, **happening.payload}
    base = check(job.shop, "rev-parse", "main").decode().strip()
    text = json.dumps(payload).replace('"HEAD"', f'"{job.head}"').replace('"BASE"', f'"{base}"')
    event = scratch / "happening.json"
    event.write_text(text)
    is_pull = happening.event == "pull_request"
    return job.run(
        scratch,
        GITHUB_EVENT_NAME=happening.event,
        GITHUB_EVENT_PATH=str(event),
        GITHUB_BASE_REF="main" if is_pull else "",
        **happening.variables,
    )


@pytest.mark.parametrize("name", HAPPENINGS)
def test_each_event_is_answered_where_it_asks(
    tmp_path: Path, github: Serving, claude: Claude, name: str
) -> None:
    happening = HAPPENINGS[name]
    job = job_of(tmp_path, github, claude, Change(files=DAMAGING))
    check(job.shop, "update-ref", "refs/remotes/origin/trunk", "main")
    ended = happened(job, happening, tmp_path / "job")
    assert (ended.exit_code, ended.outputs["activity"]) == (
        happening.exit_code,
        happening.activity,
    ), ended.log
    states = {name: status.state for name, status in job.statuses().items()}
    assert states == ({"evalgate": happening.state} if happening.state else {})
    assert job.bodies() == []


def test_a_run_by_hand_on_the_default_branch_finds_nothing_to_decide(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    job = job_of(tmp_path, github, claude, Change(files=HARMLESS))
    check(job.shop, "switch", "--quiet", "main")
    github.state.commits.add(job.head)
    ended = happened(job, HAPPENINGS["by hand"], tmp_path / "job")
    assert (ended.exit_code, ended.outputs["verdict"]) == (0, "not_applicable"), ended.log
    assert "has every case" not in ended.summary


def test_a_checkout_of_one_commit_is_told_which_depth_it_needs(
    tmp_path: Path, github: Serving, claude: Claude
) -> None:
    job = job_of(tmp_path, github, claude, Change(files=HARMLESS))
    words = ("--quiet", "--depth=1", "--branch=topic", job.shop.as_uri(), str(tmp_path / "shallow"))
    check(tmp_path, "clone", *words, settings={"GIT_ALLOW_PROTOCOL": "file"})
    shallow = Job(shop=tmp_path / "shallow", github=github, claude=claude)
    ended = shallow.run(tmp_path / "job")
    assert ended.exit_code == 2
    assert "`fetch-depth: 0` at the checkout" in ended.log
    assert [status.state for status in job.statuses().values()] == ["error"]
