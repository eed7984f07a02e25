"""A spool, a folder of scores and a judge in memory, for tests of the worker."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from evalgate.model.call import Arm
from evalgate.model.chat import CallFailure, ChatRequest, Completion, Usage
from evalgate.model.content import Turn
from evalgate.model.document import Data
from evalgate.model.evalset import Criterion, GraderSpec
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.policy import JudgeSettings, RunSettings
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.model.scored import Block, KnownScores, Ledger, Pass, ScoreKey
from evalgate.model.spooled import Glance, SpoolPlace
from evalgate.monitoring.scoring.anchors import FixedAnswer
from evalgate.monitoring.scoring.desk import Desk
from evalgate.monitoring.scoring.guard import JudgeGuard
from evalgate.monitoring.scoring.measuring import Bench
from evalgate.monitoring.scoring.yardstick import Yardstick, Yardsticks, judge_name
from evalgate.running.account import Calls
from evalgate.running.budget import Budget
from evalgate.running.caller import Caller, Means
from evalgate.running.place import Places
from evalgate.simulator.fakes import FakeClock, FlatPrices

NOON = 1_795_305_600.0
DAY = 86_400.0
SETTINGS = JudgeSettings()

KIND = GraderSpec(kind="rubric", name="kind", criteria=(Criterion(text="The answer is kind."),))
SHORT = GraderSpec(kind="length", name="short", argument={"max": 40})


def stick(name: str = "kindness", spec: GraderSpec = KIND) -> Yardstick:
    judge = judge_name((spec,), SETTINGS, with_instructions=False)
    return Yardstick(name=name, specs=(spec,), judge=judge)


def sticks(*some: Yardstick) -> Yardsticks:
    return Yardsticks(common=[(each, ()) for each in some or (stick(),)])


def sample(  # noqa: PLR0913 - what tests vary
    name: str,
    text: str = "With pleasure.",
    *,
    ts: float = NOON,
    probability: float = 0.5,
    stratum: Stratum = Stratum.UNIFORM,
    stop_reason: str | None = "end_turn",
    system: str = "",
    question: str = "May I?",
) -> Sample:
    return Sample(
        ts=ts,
        request_id=name,
        prompt="shop",
        version="v1",
        prompt_hash="abc",
        arm=Arm.STABLE,
        feature="help",
        route="direct",
        sampled=Sampled(probability=probability, stratum=stratum),
        request=ChatRequest(
            model="m", max_tokens=0, turns=(Turn(role="user", content=question),), system=system
        ),
        text=text,
        stop_reason=stop_reason,
        provider="direct",
        model="claude-haiku-5-5",
    )


@dataclass(slots=True)
class MemorySpool:
    """Samples by file; a place is their number, and None stands for a line that is none."""

    lines: dict[str, list[Sample | None]] = field(default_factory=dict)

    def put(self, *samples: Sample | None, file: str = "samples-2026-11-22.jsonl") -> None:
        self.lines.setdefault(file, []).extend(samples)

    def files(self) -> Sequence[str]:
        return sorted(self.lines)

    def glances(self, name: str, start: int) -> Iterator[Glance | SpoolPlace]:
        for number, each in enumerate(self.lines.get(name, [])[start:], start=start):
            place = SpoolPlace(file=name, start=number, end=number + 1)
            if each is None:
                yield place
                continue
            yield Glance(
                place=place,
                ts=each.ts,
                request_id=each.request_id,
                prompt=each.prompt,
                version=each.version,
                probability=each.sampled.probability,
                stratum=each.sampled.stratum,
            )

    def sample(self, place: SpoolPlace) -> Sample | None:
        file = self.lines.get(place.file)
        return None if file is None else file[place.start]


@dataclass(slots=True)
class MemoryBook:
    """Scores and a ledger in memory; `known` reads them back as the folder does."""

    scores: list[Observation] = field(default_factory=list)
    anchors: list[AnchorScore] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)

    def known(self, since: str) -> KnownScores:  # noqa: ARG002 - all of them
        failed: Counter[ScoreKey] = Counter()
        done: set[ScoreKey] = set()
        for each in self.scores:
            key = (each.request_id, each.criterion)
            if each.cause == "call_failed":
                failed[key] += 1
            else:
                done.add(key)
        anchors = {(each.anchor, each.criterion, each.judge) for each in self.anchors}
        return KnownScores(done=done, failed=failed, anchors=anchors)

    def ledger(self, files: Collection[str]) -> Ledger:  # noqa: ARG002 - nothing is forgotten
        return Ledger(blocks=tuple(self.blocks), passes=tuple(self.passes))

    def add_score(self, observation: Observation) -> None:
        self.scores.append(observation)

    def add_anchor(self, score: AnchorScore) -> None:
        self.anchors.append(score)

    def add_block(self, block: Block) -> None:
        self.blocks.append(block)

    def add_pass(self, done: Pass) -> None:
        self.passes.append(done)


Says = Callable[[ChatRequest], CallFailure | str]


def kind(request: ChatRequest) -> CallFailure | str:  # noqa: ARG001
    """Judge everything kind."""
    return "pass"


@dataclass(slots=True)
class FakeJudge:
    """A judge that gives each criterion the verdict that `says` returns; `asked` lists requests."""

    says: Says = kind
    asked: list[ChatRequest] = field(default_factory=list)

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:  # noqa: ARG002
        await asyncio.sleep(0)
        self.asked.append(request)
        said = self.says(request)
        if isinstance(said, CallFailure):
            return said
        schema: Mapping[str, Data] = request.output_schema or {}
        keys = schema["properties"]
        assert isinstance(keys, dict)
        verdicts = {key: {"reason": "Because.", "verdict": said} for key in keys}
        return Completion(
            text=json.dumps(verdicts),
            model=request.model,
            stop_reason="end_turn",
            usage=Usage(input_tokens=900, output_tokens=100),
            latency_ms=1,
        )


@dataclass(slots=True, kw_only=True)
class World:
    """A desk in memory, and what stands on it. A call costs $0.001."""

    spool: MemorySpool = field(default_factory=MemorySpool)
    book: MemoryBook = field(default_factory=MemoryBook)
    judge: FakeJudge = field(default_factory=FakeJudge)
    clock: FakeClock = field(default_factory=FakeClock)
    yardsticks: Yardsticks = field(default_factory=sticks)
    anchors: Sequence[FixedAnswer] = ()
    per_day: float | None = None
    most: float | None = None
    expired: set[str] = field(default_factory=set)
    now: float = NOON
    concurrency: int = 1
    price_factor: float = 1.0
    prices: FlatPrices = field(default_factory=FlatPrices)
    guard: JudgeGuard | None = None

    def desk(self) -> Desk:
        self.guard = self.guard or JudgeGuard(self.clock, random=lambda: 0.0, patience=60.0)
        return Desk(
            spool=self.spool,
            book=self.book,
            expire=self._expire,
            yardsticks=self.yardsticks,
            bench=Bench(settings=SETTINGS, draw_boundary=lambda: "0" * 32),
            open_calls=self._open,
            guard=self.guard,
            prices=self.prices,
            now=lambda: self.now,
            concurrency=self.concurrency,
            price_factor=self.price_factor,
            per_day=self.per_day,
            anchors=self.anchors,
        )

    def _expire(self) -> None:
        for name in self.expired:
            self.spool.lines.pop(name, None)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Calls]:
        yield Caller(
            Means(
                model=self.judge,
                prices=self.prices,
                clock=self.clock,
                random=lambda: 0.0,
                settings=RunSettings(attempts=1),
                budget=Budget(most=self.most),
                places=Places(origins={"": "test"}),
            )
        )
