"""A day of production with known faults, as a runtime and a scoring worker write it down."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import sin
from pathlib import Path
from random import Random

from evalgate.adapters.observations import line_of_observation
from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import Observation
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

AT = 1_795_305_600.0
"""2026-11-22 00:00 UTC: the end of the day that the tests are about."""

HOUR, DAY = 3600.0, 86_400.0

POLICY = """\
monitor:
  objectives:
    answered: {level: availability, target: 0.995}
    quick: {level: latency, target: 0.95, threshold: 4000, prompt: support-reply}
    readable: {level: format, target: 0.99}
"""

FEATURES = ("support/chat", "support/mail", "search", "triage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong from an instant on: a share of the calls fails, or quality is lower."""

    since: float
    until: float = AT
    failing: float = 0.0
    lower: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Where log and scores are written."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def scores(self) -> Path:
        return self.root / "scores"

    def write_policy(self, text: str = POLICY) -> None:
        place = self.root / ".github" / "evalgate.yml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def serve(
        self, *, calls: int, days: float = 1.0, fault: Fault | None = None, seed: int = 1
    ) -> None:
        """Write so many calls, evenly over the days that end at `AT`, and a score of each tenth."""
        random = Random(seed)  # noqa: S311 - the same day each time
        self.logs.mkdir(exist_ok=True)
        self.scores.mkdir(exist_ok=True)
        lines: dict[str, list[bytes]] = {}
        scores: dict[str, list[bytes]] = {}
        for call in served(random, calls, days=days, fault=fault):
            lines.setdefault(day_of(call.ts), []).append(line_of(call))
            if call.sampled is not None and call.served_by is not ServedBy.NOBODY:
                for score in scored(random, call, fault):
                    told = line_of_observation(score, ts=call.ts + 30)
                    scores.setdefault(day_of(call.ts), []).append(told)
        for day, each in lines.items():
            (self.logs / f"calls-{day}.jsonl").write_bytes(b"".join(each))
        for day, each in scores.items():
            (self.scores / f"scores-{day}.jsonl").write_bytes(b"".join(each))

    def tell(self, event: Event) -> None:
        """Write an event into the log of its day."""
        with (self.logs / f"calls-{day_of(event.ts)}.jsonl").open("ab") as file:
            file.write(line_of(event))


def moved(ts: float, before: str, after: str) -> Event:
    """Return the event of a live pointer that moved."""
    return Event(
        ts=ts, kind=EventKind.POINTER_MOVED, subject="support-reply", before=before, after=after
    )


def served(random: Random, calls: int, *, days: float, fault: Fault | None) -> Iterator[CallRecord]:
    """Yield calls of two prompts, the first one with a canary since the last quarter."""
    for number in range(calls):
        ts = AT - days * DAY * (1 - number / calls)
        is_bad = fault is not None and fault.since <= ts < fault.until
        failed = random.random() < (fault.failing if fault and is_bad else 0.001)
        feature = random.choices(FEATURES, (5, 2, 2, 3))[0]
        prompt = "triage" if feature == "triage" else "support-reply"
        arm = Arm.CANARY if prompt != "triage" and random.random() < 0.1 else Arm.STABLE
        route = random.choices(("direct", "bedrock-eu"), (4, 1))[0]
        latency = int(random.lognormvariate(7.0 + 0.15 * sin(ts / DAY * 6.28), 0.45))
        yield replace(
            RECORD,
            ts=ts,
            request_id=f"01a2007d-0000-7000-8000-{number:012d}",
            feature=feature,
            prompt=prompt,
            version="v4" if arm is Arm.CANARY else "v3",
            arm=arm,
            served_by=ServedBy.NOBODY if failed else _served_by(random),
            error="overloaded" if failed else None,
            degraded=False,
            latency_ms=latency,
            route=route,
            provider="direct" if route == "direct" else "bedrock",
            user=f"{int(random.paretovariate(0.6)) % 900:032x}",
            cost_usd=None if random.random() < 0.002 else round(random.uniform(0.002, 0.02), 5),
            smell=None if failed else _smell(random, prompt),
            sampled=0.1 if number % 10 == 0 else None,
            tries=(),
            app_rev="8c11d20" if ts < AT - 20 * HOUR else "9f3c1ab",
        )


def scored(random: Random, call: CallRecord, fault: Fault | None) -> Iterator[Observation]:
    """Yield the scores of a call by two criteria."""
    is_bad = fault is not None and fault.since <= call.ts < fault.until
    fall = fault.lower if fault is not None and is_bad else 0.0
    for criterion, mean in (("accuracy", 0.9), ("relevance", 0.94)):
        wanted = mean - (fall if criterion == "accuracy" else fall / 3)
        yield Observation(
            ts=call.ts,
            request_id=call.request_id,
            criterion=criterion,
            outcome=min(1.0, max(0.0, round(random.gauss(wanted, 0.1), 3))),
            prompt=call.prompt,
            version=call.version,
            arm=call.arm,
            feature=call.feature,
            route=call.route or "",
            provider=call.provider or "",
            model=call.model or "",
            probability=0.1,
            judge="claude-haiku-5-5/1a2b3c4d",
        )


def day_of(ts: float) -> str:
    """Return the day of UTC that an instant is on."""
    return datetime.fromtimestamp(ts, UTC).date().isoformat()


def _served_by(random: Random) -> ServedBy:
    kinds = (ServedBy.PRIMARY, ServedBy.CACHE, ServedBy.OTHER_ROUTE)
    return random.choices(kinds, (90, 7, 3))[0]


def _smell(random: Random, prompt: str) -> tuple[str, ...]:
    draw = random.random()
    if draw < 0.004:
        return ("refusal",)
    return ("not_json",) if prompt == "triage" and draw < 0.008 else ()
