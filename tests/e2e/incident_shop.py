"""A repository in which a new version has done harm at noon: prompts, scores, calls and a spool."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.adapters.incidents import IncidentFolder
from evalgate.adapters.observations import line_of_observation
from evalgate.adapters.spool_lines import line_of as line_of_sample
from evalgate.cli.main import main
from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.model.incident import Incident
from evalgate.model.observation import Observation
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

NOON = datetime.now(UTC).timestamp() // 3600 * 3600 - 3600.0
"""When the new version came: an hour ago or two."""

SAMPLED = "01a2007d-5837-7d3a-9491-c94f491fa4b8"
PROMPT = """---
model: claude-haiku-5-5
max_tokens: 300
---
## system

You answer customers of Quillfern. {says}

## user

Question: {{{{question}}}}
Order: {{{{order}}}}
"""
POLICY = """paths: {prompts: prompts, evalsets: evalsets}
gate: {max_drop: 50}
run: {trials: 3}
monitor:
  scoring:
    criteria:
      accuracy: {graders: [{contains: 30 days}]}
  incidents: {owner: ann, vendor: support@provider.invalid, updates: {team: 15}}
"""
EVALSET = """# what customers ask
prompts: [support-reply]
graders:
  - contains: Quillfern
cases:
  # the first one
  - id: one
    vars: {question: hello, order: none}
"""
RULES = """schema: simulator-rules/1
prompts: Quillfern
behaviours:
  - {name: always, says: Quillfern}
  - {name: window, needs: 30 days, with: 1.0, without: 0.0, says: 30 days, otherwise: some time}
"""


def instant(ts: float) -> str:
    """Return seconds since 1970 as an instant."""
    return f"{datetime.fromtimestamp(ts, UTC):%Y-%m-%dT%H:%M:%SZ}"


def make_shop(folder: Path) -> Path:
    """Write and commit the repository, and what production has written."""
    create_repository(folder, "main")
    check(folder, "config", "user.name", "Ann")
    check(folder, "config", "user.email", "ann@example.invalid")
    live = (
        "stable: v2\nhistory:\n"
        f"  - {{stable: v1, at: {instant(NOON - 864000)}, by: Ann, why: first, verdict: r1}}\n"
        f"  - {{stable: v2, at: {instant(NOON - 60)}, by: Bo, why: shorter, verdict: r2}}\n"
    )
    files = {
        "prompts/support-reply/v1.md": PROMPT.format(says="Name the 30 days."),
        "prompts/support-reply/v2.md": PROMPT.format(says="Be brief."),
        "prompts/support-reply/live.yaml": live,
        "prompts/runtime.yml": "schema: runtime/1\nsampling: {rate: 0.1, spool: spool}\n",
        "evalsets/support.yaml": EVALSET,
        ".github/evalgate.yml": POLICY,
        ".gitignore": "logs\nscores\nspool\nreports\n",
        "rules.yaml": RULES,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder, "first")
    _write_production(folder)
    return folder


def _write_production(folder: Path) -> None:
    for name in ("logs", "scores", "spool"):
        (folder / name).mkdir(mode=0o700)
    calls = b"".join(map(line_of, _calls()))
    (folder / "logs" / "calls-own.jsonl").write_bytes(calls)
    scores = b"".join(line_of_observation(each, ts=each.ts + 60) for each in _scores())
    (folder / "scores" / "scores-own.jsonl").write_bytes(scores)
    spool = folder / "spool" / "samples-2026-11-22.jsonl"
    spool.write_bytes(line_of_sample(_sample()))
    spool.chmod(0o600)


def _calls() -> Iterator[CallRecord]:
    for number in range(400):
        ts = NOON - 3600.0 + 18.0 * number
        yield replace(
            RECORD,
            ts=ts,
            request_id=f"call-{number}",
            feature="chat",
            prompt="support-reply",
            version="v2" if ts >= NOON else "v1",
            arm=Arm.STABLE,
            served_by=ServedBy.PRIMARY,
            route="direct",
            provider="direct",
            error=None,
            smell=(),
            user=f"{number % 50:032x}",
            tries=(),
        )


def _scores() -> Iterator[Observation]:
    draw = Random(5)  # noqa: S311 - made-up scores
    for number in range(400):
        ts = NOON - 3600.0 + 18.0 * number
        is_late = ts >= NOON
        yield Observation(
            ts=ts,
            request_id=f"call-{number}",
            criterion="accuracy",
            outcome=min(1.0, max(0.0, draw.gauss(0.6 if is_late else 0.9, 0.1))),
            prompt="support-reply",
            version="v2" if is_late else "v1",
            feature="chat",
            route="direct",
            provider="direct",
            model="claude-haiku-5-5",
            judge="claude-haiku-5-5/0a1b",
        )


def _sample() -> Sample:
    return Sample(
        ts=NOON + 60.0,
        request_id=SAMPLED,
        prompt="support-reply",
        version="v2",
        prompt_hash="",
        arm=Arm.STABLE,
        feature="chat",
        route="direct",
        sampled=Sampled(probability=0.1, stratum=Stratum.UNIFORM),
        request=ChatRequest(
            model="claude-haiku-5-5",
            max_tokens=300,
            system="You answer customers of Quillfern. Be brief.",
            turns=(Turn(role="user", content="Question: How long may I return it?\nOrder: QF-1"),),
        ),
        text="Some time.",
    )


def evalgate(*words: str) -> int:
    """Run the command line in this process."""
    return main(words)


def incidents(folder: Path) -> list[Incident]:
    """Return all incidents of the repository."""
    return [each.incident for each in IncidentFolder(path=folder / "reports/incidents").stored()]


def the_incident(folder: Path) -> Incident:
    """Return the only incident of the repository."""
    [incident] = incidents(folder)
    return incident


def opened(folder: Path) -> Incident:
    """Open an incident by hand, with all evidence."""
    code = evalgate(
        *("incident", "open", "--title", "Replies are wrong", "--prompt", "support-reply"),
        *("--criterion", "accuracy", "--since", instant(NOON), "--by", "Ann"),
        *("--calls", "logs", "--scores", "scores"),
    )
    assert code == 0
    return the_incident(folder)


def as_json(text: str) -> dict[str, object]:
    """Return what was printed as a document."""
    data: dict[str, object] = json.loads(text)
    return data
