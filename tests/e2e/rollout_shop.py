"""Production traffic with known rates: a call log and scores, as a runtime and a judge write them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from random import Random

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.adapters.scores import line_of as score_line
from evalgate.model.call import Arm, Assignment, CallRecord, ServedBy
from evalgate.model.exposure import Score
from evalgate.model.prompt import Canary
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.prompts.pointer_mark import pointer_mark
from evalgate.rollout.overriding import instant
from evalgate.runtime.logbook.call_line import line_of
from evalgate.runtime.versions.split import arm_of
from tests.unit.runtime.records import RECORD

BEGAN = 1_795_305_600.0
"""The instant at which the tests' rollouts begin, in seconds since 1970."""

NAME = "p"
VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 400\n---\n## user\n{}: {{{{question}}}}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What is true of an arm: how often its answers fall short and its calls fail, and so on."""

    short: float = 0.1
    failed: float = 0.005
    refused: float = 0.002
    slower: float = 1.0
    dearer: float = 1.0


@dataclass(slots=True, kw_only=True)
class Traffic:
    """Callers of a prompt whose folder is `root/prompts`; lines go to `root/logs`, `root/scores`."""

    root: Path
    stable: Rates = Rates()
    canary: Rates = Rates()
    seed: int = 0
    served: int = 0
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - the same traffic each time

    @property
    def words(self) -> tuple[str, ...]:
        """The options that name the evidence."""
        return ("--calls", "logs", "--scores", "scores")

    def serve(self, since: float, *, hours: float, per_hour: int = 3000) -> float:
        """Serve calls from an instant on, and return the instant at which they end."""
        prompt = self._prompt()
        records, scores = [], []
        for number in range(round(hours * per_hour)):
            ts = since + 3600 * (number + self.random.random()) / per_hour
            record, outcome = self._call(prompt, ts)
            records.append(line_of(record))
            scores += (
                [score_line(Score(request_id=record.request_id, outcome=outcome))]
                if (record.sampled and outcome is not None)
                else []
            )
        self._append("logs", "calls-2026-11-22.jsonl", records)
        self._append("scores", "scores-2026-11-22.jsonl", scores)
        return since + 3600 * hours

    def _call(self, prompt: Prompt, ts: float) -> tuple[CallRecord, float | None]:
        self.served += 1
        request = f"{self.seed:08d}-0000-7000-8000-{self.served:012d}"
        user, canary = f"user-{self.seed}-{self.served}", prompt.canary
        arm = arm_of(user, canary)
        rates = self.canary if arm is Arm.CANARY else self.stable
        version = (canary.version if canary and arm is Arm.CANARY else prompt.stable) or ""
        failed = self.random.random() < rates.failed
        refused = self.random.random() < rates.refused
        record = replace(
            RECORD,
            ts=ts,
            request_id=request,
            prompt=NAME,
            version=version,
            prompt_hash=prompt.identity(version) or "",
            arm=arm,
            assigned_by=Assignment.SPLIT if canary else None,
            pointer=_mark(prompt),
            user=sha256(user.encode()).hexdigest()[:32],
            conversation=None,
            served_by=ServedBy.NOBODY if failed else ServedBy.PRIMARY,
            error="overloaded" if failed else None,
            stop_reason="refusal" if refused else "end_turn",
            latency_ms=round(self.random.lognormvariate(7, 0.5) * rates.slower),
            cost_usd=self.random.lognormvariate(-6, 0.4) * rates.dearer,
            sampled=self._sampled(arm, canary),
            tries=(),
        )
        short = self.random.random() < rates.short
        return record, None if failed else float(not short)

    def _sampled(self, arm: Arm, canary: Canary | None) -> float | None:
        """Choose as many calls of one arm as of the other."""
        share = canary.percent / 100 if canary else 0.0
        chance = 1.0 if arm is Arm.CANARY or share >= 0.5 else share / (1 - share)
        return chance if chance and self.random.random() < chance else None

    def _prompt(self) -> Prompt:
        tree = read_prompt_folder(self.root / "prompts", NAME)
        return read_prompts(tree, str(self.root / "prompts"), FORMATS)[NAME]

    def _append(self, folder: str, name: str, lines: list[bytes]) -> None:
        (self.root / folder).mkdir(exist_ok=True)
        with (self.root / folder / name).open("ab") as file:
            file.writelines(lines)


def _mark(prompt: Prompt) -> str:
    def ref(version: str) -> tuple[str, str]:
        return version, prompt.identity(version) or ""

    canary = prompt.canary
    return pointer_mark(
        prompt.name,
        ref(prompt.stable or ""),
        canary=ref(canary.version) if canary else None,
        split=canary,
        switch=prompt.switch,
    )


def make_rollout_shop(root: Path, *, policy: str = "") -> Path:
    """Make a folder of prompts with a stable version, a second one and a verdict about it."""
    files = {
        "prompts/p/v1.md": VERSION.format("Answer"),
        "prompts/p/v2.md": VERSION.format("Answer kindly"),
        "prompts/p/live.yaml": "stable: v1\n",
    }
    if policy:
        files[".github/evalgate.yml"] = policy
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    write_verdict(root)
    return root


def write_verdict(root: Path, *, verdict: str = "pass", version: str = "v2") -> Path:
    """Write what the gate says about a version, and return the file."""
    tree = read_prompt_folder(root / "prompts", NAME)
    prompt = read_prompts(tree, str(root / "prompts"), FORMATS)[NAME]
    entry = {
        "name": NAME,
        "evalset": "p",
        "baseline": {"version": "v1", "hash": prompt.identity("v1")},
        "candidate": {"version": version, "hash": prompt.identity(version)},
        "verdict": verdict,
        "reasons": [{"code": "shown", "message": "No drop is shown."}],
    }
    document = {
        "schema": "verdict/1",
        "run_id": "run-1",
        "verdict": verdict,
        "reasons": [],
        "exit_code": 0 if verdict == "pass" else 1,
        "prompts": [entry],
    }
    path = root / "reports" / "run-1" / "verdict.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def instants(since: float, *, every: float) -> Iterator[str]:
    """Yield instants from one on, so many seconds apart."""
    at = since
    while True:
        at += every
        yield instant(at)
