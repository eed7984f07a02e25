"""Facts about `evalgate record --trials`: what is missing is run, kept, and never paid twice."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from tests.e2e.shop import (
    POLICY,
    Claude,
    environment,
    inside,
    make_shop,
    run,
    simulated_claude,
    start,
    trials,
    version,
    write,
)


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop", cases=5)


def record(shop: Path) -> Counter[tuple[str, int]]:
    """Return how often each trial of a case is on record."""
    lines = (shop / "reports/baselines/p.p.jsonl").read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    assert {(each["version"], each["arm"], each["calls"]) for each in kept} <= {
        ("v1", "baseline", 0)
    }
    return Counter((each["case"], each["trial"]) for each in kept)


def all_trials(number: int, cases: int = 5) -> Counter[tuple[str, int]]:
    return Counter((f"c{case}", index) for case in range(cases) for index in range(number))


def test_a_record_is_topped_up_to_so_many_trials_per_case(shop: Path, claude: Claude) -> None:
    first = run(shop, "record", "--trials", "2", "--no-cache", server=claude)
    assert first.returncode == 0, first.stderr
    assert "10 trials of p on p: " in first.stdout
    assert "2 trials per case: the gate asks less where it finds 3" in first.stdout
    assert record(shop) == all_trials(2)
    before = claude.counts["answers"]
    second = run(shop, "record", "--trials", "4", "--out", "run", "--no-cache", server=claude)
    assert second.returncode == 0, second.stderr
    assert claude.counts["answers"] - before == 10
    assert record(shop) == all_trials(4)
    assert Counter(trial["reused"] for trial in trials(shop / "run")) == {"record": 10, "": 10}


def test_what_is_on_record_costs_nothing_and_needs_no_client(shop: Path, claude: Claude) -> None:
    run(shop, "record", "--trials", "3", server=claude)
    calls = claude.calls
    done = run(shop, "record", "--trials", "3", "--no-cache", "--max-cost", "0", server=claude)
    assert (done.returncode, claude.calls) == (0, calls), done.stderr
    assert record(shop) == all_trials(3)


def test_a_record_is_renewed_from_answers_that_nobody_has_given_before(
    shop: Path, claude: Claude
) -> None:
    run(shop, "record", "--trials", "4", server=claude)
    before = claude.counts["answers"]
    done = run(shop, "record", "--trials", "3", "--afresh", "--out", "run", server=claude)
    assert done.returncode == 0, done.stderr
    assert claude.counts["answers"] - before == 15
    assert Counter(trial["reused"] for trial in trials(shop / "run")) == {"": 15}
    assert record(shop) == all_trials(3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--afresh"), "--afresh goes with --trials alone"),
        (("--trials", "3", "--afresh", "--cache", "answers"), "does not go with --cache"),
    ],
)
def test_what_does_not_go_with_afresh_is_refused(
    shop: Path, words: tuple[str, ...], said: str
) -> None:
    refused = run(shop, "record", *words)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_the_gate_pays_for_the_candidate_alone_after_it(tmp_path: Path, claude: Claude) -> None:
    shop = make_shop(tmp_path / "shop")
    run(shop, "record", "--trials", "3", server=claude)
    (shop / "prompts/p/v2.md").unlink()
    commit_all(shop, "recorded")
    write(shop, {"prompts/p/v2.md": version("Always name the 30 days.")})
    run(shop, "gate", "--out", "run", "--no-cache", server=claude)
    reused = Counter((trial["arm"], trial["reused"]) for trial in trials(shop / "run"))
    assert reused["candidate", ""] == 40
    assert reused["baseline", "record"] >= 60


def test_a_cost_limit_keeps_what_was_run_and_says_how_to_go_on(shop: Path, claude: Claude) -> None:
    cases = (shop / "evalsets/p.yaml").read_text()
    write(shop, {"evalsets/p.yaml": cases.replace("rubric: names the window", "contains: About")})
    words = ("--trials", "4", "--no-cache")
    done = run(shop, "record", *words, "--out", "run", "--max-cost", "7e-05", server=claude)
    assert done.returncode == 4
    command = "go on with: evalgate record --resume run --trials 4 --max-cost 7e-05 --no-cache"
    assert f"raise or lift the cost limit, then {command}" in done.stderr
    kept = record(shop).total()
    assert 0 < kept < 20
    assert f"{20 - kept} of 20 trials are missing; the others are kept" in done.stderr
    before = claude.counts["answers"]
    resumed = run(shop, "record", "--resume", "run", *words, server=claude)
    assert resumed.returncode == 0, resumed.stderr
    assert claude.counts["answers"] - before == 20 - kept
    assert record(shop) == all_trials(4)


def test_a_killed_run_is_gone_on_with(shop: Path) -> None:
    with simulated_claude(latency_ms=60) as slow:
        started = start(shop, "record", "--trials", "8", "--out", "run", server=slow)
        while not (shop / "run/trials.jsonl").exists() or not trials_so_far(shop):
            assert started.is_alive
        started.kill()
        started.wait()
        done = run(shop, "record", "--resume", "run", "--trials", "8", server=slow)
        assert done.returncode == 0, done.stderr
        assert slow.counts["answers"] <= 40 + 8
    assert record(shop) == all_trials(8)


def trials_so_far(shop: Path) -> int:
    return (shop / "run/trials.jsonl").read_bytes().count(b"\n")


def test_only_the_prompts_that_are_named_are_run(shop: Path, claude: Claude) -> None:
    write(
        shop,
        {
            "prompts/q/v1.md": version("Name the 30 days, please."),
            "prompts/q/live.yaml": "stable: v1\n",
            "evalsets/q.yaml": "prompts: [q]\ngraders: [{contains: 30}]\n"
            "cases:\n  - {id: x, vars: {question: number 1}}\n",
        },
    )
    done = run(shop, "record", "--trials", "3", "--prompt", "q", server=claude)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (shop / "reports/baselines").iterdir()] == ["q.q.jsonl"]


def test_a_resumption_of_another_plan_is_refused(shop: Path, claude: Claude) -> None:
    run(shop, "record", "--trials", "2", "--out", "run", server=claude)
    done = run(shop, "record", "--resume", "run", "--trials", "3", server=claude)
    assert (done.returncode, "begin a new run" in done.stderr) == (2, True)


def test_each_verb_goes_on_with_runs_of_its_own(tmp_path: Path, claude: Claude) -> None:
    shop = make_shop(tmp_path / "shop")
    run(shop, "record", "--trials", "1", "--out", "recorded", server=claude)
    run(shop, "run", "--out", "gated", server=claude)
    for words in (
        ("gate", "--resume", "recorded"),
        ("record", "--trials", "1", "--resume", "gated"),
    ):
        done = run(shop, *words, server=claude)
        assert done.returncode == 2
        assert "another command began this run: go on with that one" in done.stderr


def test_in_a_workflow_for_a_pull_request_the_work_tree_is_not_trusted(
    shop: Path, claude: Claude
) -> None:
    variables = {**environment(claude), "GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"}
    for words in (("record", "--trials", "3"), ("selftest",), ("selftest", "--paid", "1")):
        done = inside(shop, *words, variables=variables)
        assert done.returncode == 2
        assert "run it for pushes to the base branch, or on a schedule" in done.stderr


def test_a_policy_that_bears_no_lost_trial_takes_a_whole_record_and_is_told_of_a_short_one(
    tmp_path: Path, claude: Claude
) -> None:
    policy = "gate: {max_drop: 30, error_budget: 0}\nrun: {trials: 2, concurrency: 8}\n"
    shop = make_shop(tmp_path / "shop", cases=2, policy=policy)
    for number, is_few in (("2", True), ("3", False)):
        done = run(shop, "record", "--trials", number, server=claude)
        assert done.returncode == 0, done.stderr
        assert ("the gate asks less where it finds 3" in done.stdout) is is_few


def test_trials_beyond_the_error_budget_leave_the_record_open(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", cases=5, policy=POLICY)
    rules = (
        "schema: simulator-rules/1\nseed: x\nbehaviours:\n"
        "  - {name: echo, says: Yes.}\njudge:\n  - {criterion: something else, passes: x}\n"
    )
    with simulated_claude(rules=rules) as silent:
        done = run(shop, "record", "--trials", "3", server=silent)
    assert done.returncode == 4
    assert "evalgate record --resume" in done.stderr
