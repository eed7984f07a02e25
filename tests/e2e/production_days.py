"""Days of simulated production: a call log and scores with change points that are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random

from evalgate.adapters.observations import line_of_anchor, line_of_observation
from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.sample import Stratum
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

MIDNIGHT = 1_795_305_600.0
"""The instant at which the days begin, in seconds since 1970."""

HOUR, DAY = 3600.0, 86_400.0

NAME = "support-reply"
JUDGE = "claude-sonnet-5-5@1111aaaa"

GRADED = ("accuracy", "relevance")
"""Criteria with scores between 0 and 1; `format` and `safety` are passed or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What is true of production for some hours.

    `quality` is the mean of each criterion. `lost` is what is taken off it where a call has a word:
    its version, provider or feature, or `all`. `mix` is the share of the calls by feature, of which
    `hard` has answers that are worse by `harder`. `judge_bias` is what the judge takes off whatever
    it scores, anchors included; `format` is checked without it.
    """

    version: str = "v1"
    quality: Mapping[str, float] = field(
        default_factory=lambda: {"accuracy": 0.85, "relevance": 0.9, "format": 0.98, "safety": 0.99}
    )
    sd: float = 0.11
    drift_per_day: Mapping[str, float] = field(default_factory=dict)
    lost: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    mix: Mapping[str, float] = field(default_factory=lambda: {"chat": 0.7, "hard": 0.3})
    harder: float = 0.15
    providers: Mapping[str, float] = field(default_factory=lambda: {"direct": 0.6, "bedrock": 0.4})
    judge: str = JUDGE
    judge_bias: float = 0.0
    failed: float = 0.002
    slower: float = 1.0
    sdk: str = "anthropic 2.11.0"


@dataclass(slots=True, kw_only=True)
class Production:
    """A prompt that is called in production; lines go to `root/logs` and `root/scores`."""

    root: Path
    per_hour: int = 600
    rate: float = 0.25
    seed: int = 0
    served: int = 0
    random: Random = field(init=False)
    lines: dict[str, list[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - the same days each time

    def serve(self, since: float, *, hours: float, weather: Weather) -> float:
        """Serve calls from an instant on, and return the instant at which they end."""
        for number in range(round(hours * self.per_hour)):
            ts = since + 3600 * (number + self.random.random()) / self.per_hour
            call = self._call(ts, weather)
            self._write("logs/calls", ts, line_of(call))
            if call.sampled and not call.error:
                for score in self._scores(call, weather, days=(ts - since) / DAY):
                    self._write("scores/scores", ts, line_of_observation(score, ts=ts + 60))
        self._flush()
        return since + hours * HOUR

    def anchor(self, ts: float, weather: Weather) -> None:
        """Let the judge score its fixed answers, as it does every day."""
        for number in range(30):
            for criterion in GRADED:
                expected = 0.9 if number % 2 else 0.4
                noise = self.random.gauss(0, 0.03)
                score = AnchorScore(
                    ts=ts,
                    anchor=f"anchor-{number}",
                    criterion=criterion,
                    judge=weather.judge,
                    outcome=_within(expected - weather.judge_bias + noise),
                    expected=expected,
                )
                self._write("scores/scores", ts, line_of_anchor(score))
        self._flush()

    def _call(self, ts: float, weather: Weather) -> CallRecord:
        self.served += 1
        user = sha256(f"{self.seed}-{self.random.randrange(4000)}".encode()).hexdigest()[:32]
        provider = self._one(weather.providers)
        is_lost = self.random.random() < weather.failed
        is_sampled = self.random.random() < self.rate
        return replace(
            RECORD,
            ts=ts,
            request_id=f"{self.seed:08d}-0000-7000-8000-{self.served:012d}",
            feature=self._one(weather.mix),
            prompt=NAME,
            version=weather.version,
            prompt_hash=sha256(weather.version.encode()).hexdigest(),
            arm=Arm.STABLE,
            assigned_by=None,
            pointer=weather.version,
            user=user,
            conversation=None,
            served_by=ServedBy.NOBODY if is_lost else ServedBy.PRIMARY,
            route=provider,
            provider=provider,
            region=None,
            error="overloaded" if is_lost else None,
            latency_ms=round(self.random.lognormvariate(7, 0.5) * weather.slower),
            cost_usd=self.random.lognormvariate(-6, 0.4),
            sampled=self.rate if is_sampled else None,
            smell=(),
            tries=(),
        )

    def _one(self, shares: Mapping[str, float]) -> str:
        return self.random.choices([*shares], [*shares.values()])[0]

    def _scores(self, call: CallRecord, weather: Weather, *, days: float) -> list[Observation]:
        made = []
        for criterion in weather.quality:
            mean = _mean(call, weather, criterion, days=days)
            outcome = (
                _within(self.random.gauss(mean, weather.sd))
                if criterion in GRADED
                else float(self.random.random() < mean)
            )
            made.append(_observation(call, criterion, outcome, judge=weather.judge))
        return made

    def _write(self, start: str, ts: float, line: bytes) -> None:
        day = datetime.fromtimestamp(ts, UTC).date().isoformat()
        self.lines.setdefault(f"{start}-{day}.jsonl", []).append(line)

    def _flush(self) -> None:
        for name, lines in self.lines.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            with (self.root / name).open("ab") as file:
                file.writelines(lines)
        self.lines.clear()


def _mean(call: CallRecord, weather: Weather, criterion: str, *, days: float) -> float:
    lost = weather.drift_per_day.get(criterion, 0.0) * days
    lost += 0.0 if criterion == "format" else weather.judge_bias
    if call.feature == "hard" and criterion in GRADED:
        lost += weather.harder
    for word in (call.version, call.provider, call.feature, "all"):
        lost += weather.lost.get(word or "", {}).get(criterion, 0.0)
    return weather.quality[criterion] - lost


def _observation(call: CallRecord, criterion: str, outcome: float, *, judge: str) -> Observation:
    return Observation(
        ts=call.ts,
        request_id=call.request_id,
        criterion=criterion,
        outcome=outcome,
        prompt=call.prompt,
        version=call.version,
        arm=call.arm,
        feature=call.feature,
        route=call.route or "",
        provider=call.provider or "",
        model=call.model or "",
        probability=call.sampled or 1.0,
        stratum=Stratum.UNIFORM,
        judge="" if criterion == "format" else judge,
    )


def _within(score: float) -> float:
    return min(1.0, max(0.0, round(score, 4)))
