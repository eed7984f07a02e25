"""Scores what is in the spool: pass after pass, each answer once by each criterion and judge."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime

from evalgate.model.chat import CallFailure, ChatRequest, Usage
from evalgate.model.observation import AnchorScore
from evalgate.model.sample import Sample
from evalgate.model.scored import AnchorKey, Block, Pass
from evalgate.model.spooled import Glance
from evalgate.monitoring.scoring.anchors import FixedAnswer
from evalgate.monitoring.scoring.desk import Desk
from evalgate.monitoring.scoring.guard import LEFT_ALONE
from evalgate.monitoring.scoring.measuring import Measured, measure, measured, observation_of
from evalgate.monitoring.scoring.memory import BlocksByFile, Memory, Task
from evalgate.monitoring.scoring.tally import Tally
from evalgate.monitoring.scoring.thinning import bound, in_order, is_due, purse, usual_usd
from evalgate.monitoring.scoring.yardstick import Yardstick
from evalgate.running.account import Account, Calls, known_sum
from evalgate.running.calls import Called
from evalgate.running.retry import STOPS_RUN

SUPPOSED = Usage(input_tokens=2_000, output_tokens=150)
"""What a rubric is taken to cost until a pass has told."""

Heard = Callable[[int, int], None]
"""Is told how many samples of how many are judged."""


def unheard(_done: int, _of: int) -> None:
    """Tell nobody."""


class Worker:
    """Scores samples pass by pass; whatever ends it, what is written is not paid for again."""

    def __init__(self, desk: Desk) -> None:
        """Read nothing yet."""
        self._desk = desk
        self._memory: Memory | None = None

    async def look(self, heard: Heard = unheard) -> Tally:
        """Make one pass: checks and the choice of what is due first, then anchors, then the judge.

        Raises:
            UsageError: the spool or the scores cannot be read or written.
            EvaluationError: the budget cannot be kept.
        """
        tally, memory = Tally(), self._recalled()
        self._memory = None  # what breaks this pass off leaves the next one to read anew
        new = self._drop_expired(memory, self._stock(memory, tally), tally)
        await self._check(memory, new, tally)
        tally.waiting += len(memory.waiting)
        self._plan(memory, new, tally)
        async with self._desk.open_calls() as calls:
            guarded = self._desk.guard.around(calls)
            await self._ask_about_anchors(memory, guarded, tally)
            await self._judge(memory, guarded, tally=tally, heard=heard)
        self._memory = memory
        return tally

    def _recalled(self) -> Memory:
        if self._memory is None:
            desk, files = self._desk, self._desk.spool.files()
            since = files[0].removeprefix("samples-").removesuffix(".jsonl") if files else ""
            known, ledger = desk.book.known(since), desk.book.ledger(frozenset(files))
            self._memory = Memory(
                done=set(known.done),
                failed=Counter(known.failed),
                blocks=list(ledger.blocks),
                passes=list(ledger.passes),
                today=_day(desk.now()),
                anchors=set(known.anchors),
            )
        return self._memory

    def _stock(self, memory: Memory, tally: Tally) -> list[Glance]:
        """Return the samples that no block holds yet; what is due of the others waits."""
        new: list[Glance] = []
        known = BlocksByFile(memory.blocks)
        for name in self._desk.spool.files():
            for each in self._desk.spool.glances(name, memory.ends.get(name, 0)):
                place = each.place if isinstance(each, Glance) else each
                memory.ends[name] = place.end
                block = known.of(place)
                if not isinstance(each, Glance):
                    tally.unreadable += block is None
                elif block is None:
                    new.append(each)
                elif is_due(each, block.below) and self._to_judge(memory, each):
                    memory.waiting.append(Task(glance=each, below=block.below))
        return new

    def _drop_expired(self, memory: Memory, new: Sequence[Glance], tally: Tally) -> list[Glance]:
        """Have old files deleted, and return the new samples that are still there."""
        self._desk.expire()
        there = frozenset(self._desk.spool.files())
        waiting = [task for task in memory.waiting if task.glance.place.file in there]
        left = [each for each in new if each.place.file in there]
        unseen = len(new) - len(left)
        tally.waiting += len(memory.waiting) - len(waiting)
        tally.expired += len(memory.waiting) - len(waiting) + unseen
        tally.found += unseen
        tally.due += unseen
        memory.waiting = waiting
        memory.ends = {name: end for name, end in memory.ends.items() if name in there}
        return left

    async def _check(self, memory: Memory, new: Sequence[Glance], tally: Tally) -> None:
        """Hold new samples to what costs nothing: no budget stands between them and that."""
        for glance in new:
            sticks = [each for each in self._open(memory, glance) if not each.judge]
            sample = self._desk.spool.sample(glance.place) if sticks else None
            if sample is None:
                continue
            for stick in sticks:
                found = await measure(
                    sample, stick, bench=self._desk.bench, account=Account(_Nobody())
                )
                self._write(memory, sample, found, stick=stick, below=1.0, tally=tally)

    def _plan(self, memory: Memory, new: Sequence[Glance], tally: Tally) -> None:
        """Settle which new samples are due, and write that down before any of them is judged."""
        if not new:
            return
        for each in new:
            if not self._desk.yardsticks.of(each.prompt, each.version):
                tally.unheld[each.prompt] += 1
        now = self._desk.now()
        unit = usual_usd(memory.passes, supposed=self._supposed(new))
        money = purse(memory.blocks, per_day=self._desk.per_day, now=now)
        below = bound((each.probability for each in new), money / unit) if unit else 1.0
        due = in_order(each for each in new if is_due(each, below))
        for name in sorted({each.place.file for each in new}):
            paid = sum(each.place.file == name for each in due)
            block = Block(
                ts=now,
                file=name,
                start=max((b.end for b in memory.blocks if b.file == name), default=0),
                end=memory.ends[name],
                below=below,
                samples=sum(each.place.file == name for each in new),
                due=paid,
                usd=paid * (unit or 0.0),
            )
            self._desk.book.add_block(block)
            memory.blocks.append(block)
        memory.waiting += [Task(glance=each, below=below) for each in due]
        tally.found += len(new)
        tally.due += len(due)
        tally.passed_over += len(new) - len(due)
        tally.below = below

    def _supposed(self, new: Sequence[Glance]) -> float | None:
        """Return what judging one of these samples is taken to cost."""
        usd = self._desk.prices.cost_usd(self._desk.bench.settings.model, SUPPOSED)
        rubrics = sum(self._desk.yardsticks.rubrics_of(each.prompt, each.version) for each in new)
        return None if usd is None else usd * self._desk.price_factor * rubrics / len(new)

    async def _ask_about_anchors(self, memory: Memory, calls: Calls, tally: Tally) -> None:
        done = memory.anchors_of(_day(self._desk.now()))
        for anchor in self._desk.anchors:
            if _anchor_key(anchor) in done:
                continue
            if tally.stopped is None and await self._is_asked_about(anchor, calls, tally):
                done.add(_anchor_key(anchor))
                tally.anchors += 1
            else:
                tally.anchors_left += 1

    async def _is_asked_about(self, anchor: FixedAnswer, calls: Calls, tally: Tally) -> bool:
        account = Account(calls)
        found = await measured(
            anchor.case,
            anchor.completion,
            yardstick=anchor.yardstick,
            bench=self._desk.bench,
            account=account,
        )
        _book(tally, account)
        if found.failure is not None:
            tally.stopped = _end(found.failure)
            return False
        self._desk.book.add_anchor(
            AnchorScore(
                ts=self._desk.now(),
                anchor=anchor.name,
                criterion=anchor.yardstick.name,
                judge=anchor.yardstick.judge,
                outcome=found.outcome,
                expected=anchor.expected,
            )
        )
        return True

    async def _judge(self, memory: Memory, calls: Calls, *, tally: Tally, heard: Heard) -> None:
        """Judge what waits, side by side, until nothing is left or going on is vain."""
        tasks, left = iter(memory.waiting), {task.glance.place: task for task in memory.waiting}
        total, spent = len(left), tally.booked_usd

        async def work() -> None:
            while tally.stopped is None and (task := next(tasks, None)) is not None:
                if await self._is_settled(memory, task, calls=calls, tally=tally):
                    del left[task.glance.place]
                    heard(total - len(left), total)

        try:
            await _side_by_side(work, self._desk.concurrency)
        finally:
            memory.waiting = list(left.values())
            tally.left = len(left)
            self._note_pass(memory, tally, usd=tally.booked_usd - spent)

    def _note_pass(self, memory: Memory, tally: Tally, *, usd: float) -> None:
        if tally.judged and usd > 0:
            done = Pass(ts=self._desk.now(), samples=tally.judged, usd=usd)
            self._desk.book.add_pass(done)
            memory.passes.append(done)

    async def _is_settled(self, memory: Memory, task: Task, *, calls: Calls, tally: Tally) -> bool:
        """Judge a sample by each criterion that is open, and return whether none is left."""
        sample = self._desk.spool.sample(task.glance.place)
        if sample is None:
            tally.expired += 1
            return True
        for stick in self._to_judge(memory, task.glance):
            account = Account(calls)
            found = await measure(sample, stick, bench=self._desk.bench, account=account)
            _book(tally, account)
            end = None if found.failure is None else _end(found.failure)
            if end is not None:
                tally.stopped = tally.stopped or end
                return False
            self._write(memory, sample, found, stick=stick, below=task.below, tally=tally)
        is_settled = not self._to_judge(memory, task.glance)
        tally.judged += is_settled
        return is_settled

    def _write(  # noqa: PLR0913 - everything that a score is made of
        self,
        memory: Memory,
        sample: Sample,
        found: Measured,
        *,
        stick: Yardstick,
        below: float,
        tally: Tally,
    ) -> None:
        observation = observation_of(sample, stick, found, below=below)
        self._desk.book.add_score(observation)
        tally.count(observation)
        key = (sample.request_id, stick.name)
        if found.failure is None:
            memory.done.add(key)
        else:
            memory.failed[key] += 1

    def _open(self, memory: Memory, glance: Glance) -> list[Yardstick]:
        sticks = self._desk.yardsticks.of(glance.prompt, glance.version)
        return memory.open_of(glance, sticks)

    def _to_judge(self, memory: Memory, glance: Glance) -> list[Yardstick]:
        return [each for each in self._open(memory, glance) if each.judge]


class _Nobody:
    """Stands for the judge where none is to be asked."""

    async def call(self, request: ChatRequest) -> Called:  # noqa: ARG002
        """Fail at once."""
        return Called(result=CallFailure(kind=LEFT_ALONE, message="checks alone decide"))


async def _side_by_side(work: Callable[[], Coroutine[None, None, None]], number: int) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(1, number)):
                group.create_task(work())
    except BaseExceptionGroup as failed:
        # One cause is enough to report; the others are mostly the same.
        raise failed.exceptions[0] from failed


def _end(failure: CallFailure) -> CallFailure | None:
    """Return a failure that every further call would meet too."""
    return failure if failure.kind in STOPS_RUN or failure.kind is LEFT_ALONE else None


def _book(tally: Tally, account: Account) -> None:
    tally.calls += account.calls
    tally.cost_usd = known_sum(tally.cost_usd, account.cost_usd)
    tally.booked_usd += account.booked_usd


def _anchor_key(anchor: FixedAnswer) -> AnchorKey:
    return (anchor.name, anchor.yardstick.name, anchor.yardstick.judge)


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).date().isoformat()
