"""Facts about `evalgate doctor`, the whole command, over an application that has run."""

import json
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.observations import line_of_anchor, line_of_observation
from evalgate.adapters.quality_baselines import write_quality_baselines
from evalgate.model.call import ServedBy
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.runtime.logbook.call_line import line_of
from tests.e2e.prompt_shop import evalgate, host, make_prompts
from tests.e2e.shop import inside, write
from tests.edges.receivers import receiver
from tests.unit.runtime.records import RECORD

pytestmark = pytest.mark.slow

POLICY = """
run: {max_cost_usd_per_day: 20}
monitor:
  scoring: {anchors: evalsets/anchors.jsonl}
  objectives:
    up: {level: availability, target: 0.999}
    fast: {level: latency, target: 0.99, threshold: 2000}
    form: {level: format, target: 0.99}
    good: {level: quality, target: 0.9, threshold: 0.7}
  alerts:
    hook: {kind: webhook, variable: HOOK_URL}
    more: {kind: webhook, variable: HOOK_URL}
  incidents: {owner: ann, vendor: account manager}
"""
RUNTIME = """
routes: {direct: {provider: direct}, again: {provider: direct}}
sampling: {rate: 0.05, spool: spool}
"""
KEY = {"EVALGATE_USER_KEY": "k" * 32}
DRILL = {"drill": True, "status": "closed", "closure": {"at": ""}}


def make_application(folder: Path) -> Path:
    """Write all that an application has which has run for a day."""
    make_prompts(folder)
    now = time.time()
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    drill = {**DRILL, "closure": {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))}}
    write(
        folder,
        {
            ".github/evalgate.yml": POLICY,
            "prompts/runtime.yml": RUNTIME,
            "reports/incidents/drill/incident.json": json.dumps(drill),
        },
    )
    frozen = QualityBaseline(
        prompt="p", criterion="accuracy", mean=0.9, sd=0.1, n=3000, is_binary=False, frozen=now
    )
    write_quality_baselines(folder / "reports/baselines/quality.json", [frozen], before=None)
    calls = [replace(RECORD, ts=now - 60 * minute) for minute in range(50)]
    calls.append(replace(calls[0], served_by=ServedBy.APPLICATION, cost_usd=0.0))
    put(folder / "logs" / f"calls-{day}.jsonl", [line_of(each) for each in calls])
    scores = [
        Observation(
            ts=now - 60 * minute, request_id=f"r{minute}", criterion=name, outcome=1.0, prompt="p"
        )
        for minute in range(600)
        for name in ("relevance", "accuracy", "format", "safety")
    ]
    anchor = AnchorScore(ts=now - 60, anchor="a1", criterion="accuracy", judge="j", outcome=1.0)
    lines = [line_of_observation(each, ts=now) for each in scores]
    put(folder / "scores" / f"scores-{day}.jsonl", [*lines, line_of_anchor(anchor)])
    put(folder / "spool" / f"samples-{day}.jsonl", [b"{}\n"])
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    return folder


def put(path: Path, lines: list[bytes]) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"".join(lines))
    path.chmod(0o600)


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.com")
    subprocess.run(("git", *who, *words), cwd=folder, check=True, capture_output=True)


def doctor(folder: Path, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return inside(folder, "doctor", *words, variables=host(**variables))


def items(folder: Path, *words: str, **variables: str) -> dict[str, dict[str, str]]:
    """Return what each item came to."""
    done = doctor(folder, "--json", *words, **(KEY | variables))
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    assert told["schema"] == "doctor/1"
    return {each["id"]: each for each in told["items"]}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_application(tmp_path_factory.mktemp("application"))


@pytest.fixture
def copy(application: Path, tmp_path: Path) -> Path:
    """Return a copy of the application that a test may change."""
    return shutil.copytree(application, tmp_path / "copy")


def test_an_application_that_has_all_is_ready_and_exits_with_zero(application: Path) -> None:
    with receiver() as it:
        words = ("--live", "--simulate", "--drill", "--alerts", "--caller-deadline", "60")
        done = evalgate(application, "doctor", *words, **KEY, HOOK_URL=it.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ready as far as a machine can see" in done.stdout
    assert "✗" not in done.stdout
    assert len(it.got) == 4


def test_what_was_not_tried_is_left_to_people_and_changes_nothing(application: Path) -> None:
    before = sorted(str(path) for path in application.rglob("*") if ".git/" not in str(path))
    found = items(application, HOOK_URL="http://127.0.0.1:9/x")
    by_hand = {name for name, each in found.items() if each["standing"] == "by_hand"}
    assert {"reachable", "kill-switch", "sinks-answer", "deadline"} <= by_hand
    after = sorted(str(path) for path in application.rglob("*") if ".git/" not in str(path))
    assert before == after


def test_the_drill_times_a_copy_and_leaves_the_prompts_alone(application: Path) -> None:
    live = application / "prompts" / "p" / "live.yaml"
    before = live.read_bytes()
    found = items(application, "--drill")
    assert found["kill-switch"]["standing"] == "ok", found["kill-switch"]
    assert "the rollback after" in found["kill-switch"]["seen"]
    assert live.read_bytes() == before


def test_the_report_is_written_for_people_and_machines(application: Path, tmp_path: Path) -> None:
    done = doctor(application, "--markdown", "--out", str(tmp_path), **KEY)
    assert done.returncode == 1
    assert (tmp_path / "doctor.md").read_text("utf-8").rstrip("\n") == done.stdout.rstrip("\n")
    assert json.loads((tmp_path / "doctor.json").read_text("utf-8"))["counts"]["failed"] == 1


def test_strict_lets_warnings_fail(copy: Path) -> None:
    write(copy, {"prompts/runtime.yml": RUNTIME.replace("spool: spool", "")})
    with receiver() as it:
        assert doctor(copy, **KEY, HOOK_URL=it.url).returncode == 0
        assert doctor(copy, "--strict", **KEY, HOOK_URL=it.url).returncode == 1


def test_faults_that_are_planted_are_found(copy: Path) -> None:
    (log,) = (copy / "logs").iterdir()
    row = json.loads(log.read_bytes().splitlines()[0])
    leak = {**row, "prefix": "Use sk-ant-api03-abcdefghijkl", "cost_usd": None, "feature": None}
    with log.open("ab") as file:
        file.write(json.dumps(leak).encode() + b"\n" + b"torn\n")
    (copy / "logs").chmod(0o755)
    log.chmod(0o644)
    (copy / "spool").chmod(0o755)
    (next((copy / "spool").iterdir())).chmod(0o644)
    version = copy / "prompts" / "p" / "v2.md"
    version.write_bytes(version.read_bytes() + b"And a word more.\n")
    (copy / "prompts" / "p" / "v3.md").unlink()
    found = items(copy)
    failed = {name for name, each in found.items() if each["standing"] == "failed"}
    assert failed == {
        "log-lines",
        "log-private",
        "log-permissions",
        "null-cost",
        "spool",
        "immutable",
        "rollback",
        "sink-variables",
    }
    assert "prompts/p/v2.md" in found["immutable"]["seen"]
    assert "sk-ant" not in json.dumps(found)


def test_broken_files_are_items_and_no_errors(copy: Path) -> None:
    broken = {"prompts/runtime.yml": "rotes: {}\n", ".github/evalgate.yml": "monitr: {}\n"}
    write(copy, broken)
    found = items(copy)
    assert found["configuration"]["standing"] == "failed"
    assert "rotes" in found["configuration"]["seen"]
    assert "monitr" in found["configuration"]["seen"]
    assert found["timeouts"]["standing"] == "not_applicable"


def test_a_folder_with_nothing_is_told_item_by_item(tmp_path: Path) -> None:
    done = doctor(tmp_path)
    assert done.returncode == 1
    assert "Not ready for production" in done.stdout
    assert "cannot be listed" in done.stdout


def test_a_target_without_a_key_is_told_and_no_secret(application: Path) -> None:
    found = items(application, "--live")
    assert found["reachable"]["standing"] == "failed"
    assert "ANTHROPIC_API_KEY" in found["reachable"]["seen"]


@pytest.mark.parametrize(
    "words", [("--caller-deadline", "0"), ("--detect-within", "soon"), ("--jsn",)]
)
def test_what_is_no_option_is_a_usage_error(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert doctor(tmp_path, *words).returncode == 2
