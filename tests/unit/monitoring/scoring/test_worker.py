"""Facts about the passes of a worker: what is scored, once, in which order, and what is left."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.model.chat import CallFailure, ChatRequest, FailureKind
from evalgate.model.observation import Observation
from evalgate.model.scored import Block
from evalgate.monitoring.scoring.anchors import FixedAnswer
from evalgate.monitoring.scoring.measuring import asked
from evalgate.monitoring.scoring.memory import MOST_TRIES
from evalgate.monitoring.scoring.tally import Tally
from evalgate.monitoring.scoring.worker import Worker
from evalgate.monitoring.scoring.yardstick import Yardsticks
from evalgate.runtime.smelling.sampling import drawn
from tests.unit.monitoring.scoring.worlds import (
    DAY,
    NOON,
    SHORT,
    FakeJudge,
    MemoryBook,
    World,
    kind,
    sample,
    stick,
    sticks,
)


def look(world: World, worker: Worker | None = None) -> Tally:
    tally = asyncio.run((worker or Worker(world.desk())).look())
    assert tally.balances
    return tally


def world_of(count: int, **changes: object) -> World:
    world = World()
    for name, value in changes.items():
        setattr(world, name, value)
    world.spool.put(*(sample(f"r{number}") for number in range(count)))
    return world


def failing(failure: FailureKind, *, on: Callable[[ChatRequest], bool]) -> FakeJudge:
    def says(request: ChatRequest) -> CallFailure | str:
        return CallFailure(kind=failure, message="no") if on(request) else "pass"

    return FakeJudge(says=says)


def test_each_answer_is_scored_by_each_criterion() -> None:
    world = world_of(3, yardsticks=sticks(stick("kindness"), stick("short", SHORT)))
    tally = look(world)
    told = {(each.request_id, each.criterion, each.outcome) for each in world.book.scores}
    assert told == {(f"r{n}", name, 1.0) for n in range(3) for name in ("kindness", "short")}
    assert (tally.judged, tally.calls, tally.left) == (3, 3, 0)


def test_what_is_scored_is_not_paid_for_again_by_this_worker_or_the_next() -> None:
    world = world_of(3)
    worker = Worker(world.desk())
    look(world, worker)
    assert look(world, worker).is_idle
    assert look(world).is_idle
    assert len(world.judge.asked) == 3


def test_another_judge_scores_what_is_new_and_nothing_again() -> None:
    world = world_of(2)
    look(world)
    world.spool.put(sample("new"))
    world.yardsticks = sticks(replace(stick(), judge="another"))
    look(world)
    assert [each.request_id for each in world.book.scores if each.judge == "another"] == ["new"]
    assert len(world.book.scores) == 3


def test_new_samples_are_found_by_the_next_pass_alone() -> None:
    world = world_of(1)
    worker = Worker(world.desk())
    look(world, worker)
    world.spool.put(sample("later"), None)
    tally = look(world, worker)
    assert (tally.found, tally.judged, tally.unreadable) == (1, 1, 1)
    assert look(world, worker).unreadable == 0


def test_an_unreadable_line_is_counted_once_even_by_the_next_worker() -> None:
    world = world_of(1)
    world.spool.put(None, sample("after"))
    assert look(world).unreadable == 1
    assert look(world).unreadable == 0


def test_a_score_says_what_it_speaks_about() -> None:
    world = World()
    world.spool.put(sample("r", probability=0.25))
    look(world)
    assert world.book.scores == [
        Observation(
            ts=NOON,
            request_id="r",
            criterion="kindness",
            outcome=1.0,
            prompt="shop",
            version="v1",
            feature="help",
            route="direct",
            provider="direct",
            model="claude-haiku-5-5",
            probability=0.25,
            judge=stick().judge,
        )
    ]


def test_samples_that_no_criterion_is_for_are_told() -> None:
    world = world_of(2, yardsticks=Yardsticks(common=[(stick(), ("other",))]))
    tally = look(world)
    assert tally.unheld == {"shop": 2}
    assert world.book.scores == []


# The budget


def test_a_budget_judges_the_lowest_draws_and_says_with_which_chance() -> None:
    world = world_of(200, per_day=0.05)  # a sample is taken to cost $0.00215
    tally = look(world)
    names = {each.request_id for each in world.book.scores}
    [below] = {each.probability for each in world.book.scores}
    assert names == {f"r{n}" for n in range(200) if drawn(f"r{n}") < below}
    assert below == tally.below < 0.5
    assert tally.passed_over == 200 - len(names) > 100


def test_what_was_passed_over_stays_so() -> None:
    world = world_of(200, per_day=0.05)
    first = look(world).judged
    world.now += 30 * DAY
    assert look(world).judged == 0
    assert len(world.judge.asked) == first


def test_checks_are_made_of_all_samples_whatever_the_budget() -> None:
    world = world_of(50, per_day=0.0, yardsticks=sticks(stick(), stick("short", SHORT)))
    look(world)
    assert {each.criterion for each in world.book.scores} == {"short"}
    assert [each.probability for each in world.book.scores] == [0.5] * 50


def test_when_the_money_is_spent_what_is_due_waits_and_keeps_its_chance() -> None:
    world = world_of(40, most=0.02)
    first = look(world)
    assert first.stopped is not None
    assert first.stopped.kind is FailureKind.COST_LIMIT
    assert 0 < first.judged < 40
    assert first.left == 40 - first.judged
    done = [each.request_id for each in world.book.scores]
    assert done == sorted((f"r{n}" for n in range(40)), key=drawn)[: len(done)]
    world.most = None
    second = look(world)
    assert (second.waiting, second.judged) == (first.left, first.left)
    assert len(world.judge.asked) == 40
    assert {each.probability for each in world.book.scores} == {0.5}


def test_what_is_due_is_written_down_before_the_first_call() -> None:
    seen: list[int] = []
    world = world_of(2)

    def says(request: ChatRequest) -> str:  # noqa: ARG001
        seen.append(len(world.book.blocks))
        return "pass"

    world.judge = FakeJudge(says=says)
    look(world)
    assert seen == [1, 1]
    [block] = world.book.blocks
    assert (block.start, block.end, block.samples, block.due) == (0, 2, 2, 2)


def test_the_next_pass_goes_by_what_this_one_cost() -> None:
    world = world_of(10)
    look(world)
    [done] = world.book.passes
    assert done.samples == 10
    assert done.usd == pytest.approx(0.01)
    world.per_day = 10.0
    world.spool.put(sample("x"))
    look(world)
    assert world.book.blocks[-1].usd == pytest.approx(0.001)


def test_what_waits_keeps_the_chance_of_its_block_in_the_next_worker_too() -> None:
    world = world_of(200, per_day=0.05, most=0.01)
    below = look(world).below
    world.most = None
    assert look(world).judged > 0
    assert {each.probability for each in world.book.scores} == {below}
    assert below < 0.5


def test_what_anchors_cost_is_no_part_of_what_a_sample_costs() -> None:
    world = world_of(4, anchors=[anchor("a"), anchor("b")])
    look(world)
    assert world.book.passes[0].usd == pytest.approx(0.004)


def test_a_dearer_route_is_taken_into_account() -> None:
    plain, dear = world_of(4), world_of(4, price_factor=3.0)
    look(plain)
    look(dear)
    assert dear.book.blocks[0].usd == pytest.approx(3 * plain.book.blocks[0].usd)


def test_a_model_without_a_price_is_not_asked_under_a_limit() -> None:
    world = world_of(2, most=1.0, prices=replace(World().prices, unknown=frozenset({"m"})))
    world.prices = replace(world.prices, unknown=frozenset({"claude-sonnet-5-5"}))
    tally = look(world)
    assert tally.stopped is not None
    assert "price" in tally.stopped.message
    assert (tally.judged, tally.left, world.judge.asked) == (0, 2, [])


# What the judge cannot do


@pytest.mark.parametrize("said", ["cannot_tell", "maybe"])
def test_what_the_judge_cannot_tell_is_ungraded_and_never_0(said: str) -> None:
    world = world_of(1, judge=FakeJudge(says=lambda _: said))
    look(world)
    [score] = world.book.scores
    assert score.outcome is None
    assert score.cause == ("cannot_tell" if said == "cannot_tell" else "unparsable")
    assert look(world).is_idle


def test_a_rejected_key_ends_the_pass_and_writes_nothing() -> None:
    world = world_of(5, judge=failing(FailureKind.AUTHENTICATION, on=lambda _: True))
    tally = look(world)
    assert (tally.judged, tally.left, world.book.scores) == (0, 5, [])
    assert len(world.judge.asked) == 1


def test_a_call_that_fails_is_told_and_tried_in_the_next_passes() -> None:
    world = world_of(1, judge=failing(FailureKind.TIMEOUT, on=lambda _: True))
    for tries in range(1, MOST_TRIES + 1):
        tally = look(world)
        assert [each.cause for each in world.book.scores] == ["call_failed"] * tries
    assert (tally.judged, tally.left) == (1, 0)
    assert look(world).is_idle


def test_an_answer_that_got_no_reply_is_scored_when_the_judge_is_back() -> None:
    world = world_of(1, judge=failing(FailureKind.TIMEOUT, on=lambda _: True))
    assert look(world).left == 1
    world.judge = FakeJudge(says=kind)
    assert look(world).judged == 1
    assert [each.outcome for each in world.book.scores] == [None, 1.0]


def test_a_judge_that_does_not_answer_is_left_alone_and_asked_again_later() -> None:
    world = world_of(100, judge=failing(FailureKind.SERVER, on=lambda _: True))
    worker = Worker(world.desk())
    tally = look(world, worker)
    assert tally.stopped is not None
    assert "left alone" in tally.stopped.message
    assert len(world.judge.asked) == 8
    assert look(world, worker).calls == 0
    world.judge.says = kind
    world.clock.advance(60.0)
    assert look(world, worker).left == 0


# What is not judged


def test_a_call_without_an_answer_is_ungraded() -> None:
    world = World()
    world.spool.put(sample("failed", "", stop_reason=None))
    look(world)
    assert [(each.outcome, each.cause) for each in world.book.scores] == [(None, "no_answer")]
    assert world.judge.asked == []


def test_what_is_too_old_is_deleted_and_counted() -> None:
    world = world_of(30, most=0.01)
    left = look(world).left
    world.spool.put(sample("unseen"))
    world.expired = {"samples-2026-11-22.jsonl"}
    tally = look(world)
    assert (tally.expired, tally.found, tally.left) == (left + 1, 1, 0)
    assert world.spool.files() == []


def test_a_sample_that_goes_while_it_waits_is_counted() -> None:
    world = world_of(3)

    def says(request: ChatRequest) -> str:  # noqa: ARG001
        world.spool.lines.clear()
        return "pass"

    world.judge = FakeJudge(says=says)
    tally = look(world)
    assert (tally.judged, tally.expired, tally.left) == (1, 2, 0)


def test_what_breaks_a_pass_off_loses_nothing() -> None:
    world = world_of(4)

    class FullDisk(MemoryBook):
        def add_score(self, observation: Observation) -> None:
            if len(self.scores) == 2:
                raise UsageError("the disk is full")
            super().add_score(observation)

    world.book = FullDisk()
    worker = Worker(world.desk())
    with pytest.raises(UsageError, match="full"):
        asyncio.run(worker.look())
    whole = MemoryBook(scores=world.book.scores, blocks=world.book.blocks)
    world.book = whole
    assert look(world).judged == 2
    assert sorted(each.request_id for each in whole.scores) == ["r0", "r1", "r2", "r3"]


def test_a_worker_goes_on_after_a_pass_that_was_broken_off() -> None:
    world = world_of(2)

    class Moody(MemoryBook):
        def add_block(self, block: Block) -> None:
            if not self.passes and not self.blocks and len(self.scores) == 0 and world.now == NOON:
                raise UsageError("not now")
            super().add_block(block)

    world.book = Moody()
    worker = Worker(world.desk())
    with pytest.raises(UsageError):
        asyncio.run(worker.look())
    world.now += 1
    assert look(world, worker).judged == 2


# Anchors


def anchor(name: str = "a") -> FixedAnswer:
    return FixedAnswer(
        name=name,
        yardstick=stick(),
        case=asked(name, conversation=[{"role": "user", "content": "May I?"}]),
        answer="Of course.",
        expected=0.75,
    )


def test_anchors_are_scored_first_and_once_a_day() -> None:
    world = world_of(2, anchors=[anchor("a"), anchor("b")])
    worker = Worker(world.desk())
    assert look(world, worker).anchors == 2
    assert [request.trial for request in world.judge.asked][:2] == ["a/0", "b/0"]
    assert look(world, worker).anchors == look(world).anchors == 0
    world.book.anchors.clear()  # of yesterday: the folder tells those of today alone
    world.now += DAY
    assert look(world, worker).anchors == 2
    [first, _] = world.book.anchors
    assert (first.anchor, first.outcome, first.expected) == ("a", 1.0, 0.75)
    assert (first.judge, first.ts) == (stick().judge, NOON + DAY)


def test_an_anchor_without_a_reply_is_asked_about_again() -> None:
    world = World(anchors=[anchor()], judge=failing(FailureKind.TIMEOUT, on=lambda _: True))
    tally = look(world)
    assert (tally.anchors, tally.anchors_left, world.book.anchors) == (0, 1, [])
    world.judge = FakeJudge(says=kind)
    assert look(world).anchors == 1


def test_many_at_once_are_all_scored_once() -> None:
    world = world_of(50, concurrency=8)
    assert look(world).judged == 50
    assert len({each.request_id for each in world.book.scores}) == len(world.book.scores) == 50
