"""Facts about having the calls of a run answered in batches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from evalgate.errors import EvaluationError
from evalgate.model.chat import (
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
    Purpose,
    Usage,
)
from evalgate.model.content import Attachment, Turn
from evalgate.model.policy import RunSettings
from evalgate.model.ports import Batch
from evalgate.running.account import Calls
from evalgate.running.batch_calls import PENDING, Answered, BatchMeans
from evalgate.running.batches import (
    LONGEST_WAIT,
    MOST_BYTES,
    MOST_FAILED,
    MOST_REQUESTS,
    answer_in_batches,
    parts,
)
from evalgate.running.budget import Budget
from evalgate.running.calls import Called
from evalgate.running.keys import answer_key
from evalgate.running.place import Places
from evalgate.running.worst import worst_usd
from evalgate.simulator.fakes import (
    FakeClock,
    FlatPrices,
    MemoryBatches,
    MemoryBatchJournal,
    MemoryStore,
)

PRICES = FlatPrices(usd_per_million=1e6)  # a dollar per token
PLACES = Places(origins={"": "o"})
PAID = 1.5
"""What an answer of three tokens costs in a batch."""

Script = Mapping[str, Sequence[FailureKind]]


def asking(text: str, trial: str = "") -> ChatRequest:
    turn = Turn(role="user", content=text)
    return ChatRequest(model="m", max_tokens=1, turns=(turn,), trial=trial)


def key(text: str) -> str:
    return answer_key(asking(text), origin="o")


def failure(kind: FailureKind) -> CallFailure:
    return CallFailure(kind=kind, message=f"why {kind}")


class Server:
    """Repeats each text in capital letters, unless the script fails it so many times before."""

    def __init__(self, script: Script) -> None:
        self.asked: list[str] = []
        self._script = {text: list(kinds) for text, kinds in script.items()}

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        assert within > 0
        text = request.turns[0].text
        self.asked.append(text)
        if self._script.get(text):
            return failure(self._script[text].pop(0))
        return said(text.upper())


def said(text: str) -> Completion:
    return Completion(
        text=text,
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=2, output_tokens=1),
        latency_ms=1,
    )


@dataclass
class Run:
    """One run in batches: what it asks, and all that it leaves behind."""

    script: Script = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    attempts: int = 3
    looks: int = 1
    store: MemoryStore = field(default_factory=MemoryStore)
    journal: MemoryBatchJournal = field(default_factory=MemoryBatchJournal)
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Server(self.script)
        self.service = MemoryBatches(self.server, looks=self.looks)

    async def answer(
        self, *chains: Sequence[str], past: Sequence[str] = (), places: Places = PLACES
    ) -> Answered:
        """Ask each chain of texts, the next one only when the one before was answered."""

        async def collect(calls: Calls) -> None:
            for number, chain in enumerate(chains):
                for text in chain:
                    called = await calls.call(asking(text, trial=f"case/{number}"))
                    if isinstance(called.result, CallFailure):
                        break

        async def recall(calls: Calls) -> None:
            for text in past:
                await calls.call(asking(text))

        means = BatchMeans(
            service=self.service,
            journal=self.journal,
            store=self.store,
            prices=PRICES,
            places=places,
            clock=self.clock,
            settings=RunSettings(attempts=self.attempts),
            budget=self.budget,
            say=self.told.append,
        )
        return await answer_in_batches(means, collect, recall=recall)

    @property
    def batches(self) -> list[list[str]]:
        """What each batch asked."""
        return [
            [request.turns[0].text for _, request in batch]
            for batch in self.service.batches.values()
        ]

    async def hand_in(self, *texts: str) -> str:
        """Hand a batch in as an earlier process, or another job, would have."""
        asked = [(key(text), asking(text)) for text in texts]
        identity = await self.service.submit(asked)
        assert isinstance(identity, str)
        return identity


async def result(calls: Answered, text: str) -> Completion | CallFailure:
    return (await calls.call(asking(text))).result


async def test_what_does_not_wait_for_each_other_is_one_batch() -> None:
    run = Run()
    calls = await run.answer(["a"], ["b"], ["c"])
    assert run.batches == [["a", "b", "c"]]
    assert await result(calls, "b") == said("B")
    assert all(batch.is_over for batch in run.journal.batches())


async def test_what_needs_an_answer_first_is_the_next_batch() -> None:
    run = Run()
    await run.answer(["a", "judge a", "vote a"], ["b", "judge b"], ["c"])
    assert run.batches == [["a", "b", "c"], ["judge a", "judge b"], ["vote a"]]


async def test_the_same_request_is_asked_once() -> None:
    run = Run()
    await run.answer(["a"], ["a"], ["b", "a"])
    assert run.batches == [["a", "b"]]


async def test_a_run_whose_answers_are_stored_hands_nothing_in() -> None:
    run = Run()
    run.store.keep(key("a"), said("old"), label="")
    calls = await run.answer(["a"])
    assert run.batches == []
    assert await calls.call(asking("a")) == Called(result=said("old"), reused=True)


async def test_an_answer_costs_half_and_is_booked_once() -> None:
    run = Run()
    calls = await run.answer(["a"], ["b"])
    first = await calls.call(asking("a"))
    assert first == Called(result=said("A"), calls=1, cost_usd=PAID, booked_usd=PAID)
    assert await calls.call(asking("a")) == Called(result=said("A"), reused=True)
    assert run.budget.spent_usd == 2 * PAID


async def test_waiting_grows_up_to_a_limit() -> None:
    run = Run(looks=20)
    await run.answer(["a"])
    assert len(run.clock.slept) == 20
    assert run.clock.slept == sorted(run.clock.slept)
    assert run.clock.slept[-1] == LONGEST_WAIT
    assert run.told[0] == "batch batch_0: 1 requests handed in"
    assert "batch batch_0: 1 of 1 requests wait" in run.told


async def test_results_that_nobody_asked_for_are_ignored() -> None:
    run = Run()
    identity = await run.hand_in("a", "foreign")
    run.journal = MemoryBatchJournal([Batch(number=0, keys=(key("a"),), id=identity)])
    await run.answer(["a"])
    assert set(run.store.answers) == {key("a")}


@pytest.mark.parametrize("kind", [FailureKind.EXPIRED, FailureKind.REQUEST, FailureKind.TOO_LARGE])
async def test_a_request_that_fails_for_good_keeps_its_failure(kind: FailureKind) -> None:
    run = Run({"a": [kind] * 9})
    calls = await run.answer(["a", "judge a"], ["b"])
    assert run.server.asked.count("a") == 1
    called = await calls.call(asking("a"))
    assert called == Called(result=failure(kind), calls=1)
    assert await result(calls, "b") == said("B")
    assert run.budget.spent_usd == PAID


async def test_a_request_that_fails_for_now_is_in_the_next_batch() -> None:
    run = Run({"a": [FailureKind.SERVER, FailureKind.OVERLOADED]})
    calls = await run.answer(["a"], ["b"])
    assert run.batches == [["a", "b"], ["a"], ["a"]]
    assert await result(calls, "a") == said("A")


@pytest.mark.parametrize(
    ("kind", "attempts", "sent"),
    [
        (FailureKind.SERVER, 3, 3),
        (FailureKind.SERVER, 1, 1),
        (FailureKind.MALFORMED, 9, 2),
    ],
)
async def test_attempts_are_limited(kind: FailureKind, attempts: int, sent: int) -> None:
    run = Run({"a": [kind] * 20}, attempts=attempts)
    calls = await run.answer(["a"])
    assert run.server.asked.count("a") == sent
    assert await result(calls, "a") == failure(kind)


def worst(*texts: str) -> float:
    costs = [worst_usd(asking(text), PRICES, 0.5) for text in texts]
    return sum(cost for cost in costs if cost is not None)


async def test_a_batch_that_could_pass_the_limit_is_not_handed_in() -> None:
    run = Run(budget=Budget(most=worst("a", "b") - 1))
    calls = await run.answer(["a"], ["b"])
    assert run.batches == []
    assert run.journal.batches() == ()
    called = await calls.call(asking("a"))
    assert isinstance(called.result, CallFailure)
    assert called.result.kind is FailureKind.COST_LIMIT
    assert called.calls == 0


async def test_the_limit_counts_what_earlier_batches_cost_and_not_their_worst() -> None:
    run = Run(budget=Budget(most=worst("a") + PAID))
    calls = await run.answer(["a", "b", "c"])
    assert run.batches == [["a"], ["b"]]
    assert await result(calls, "b") == said("B")
    assert run.budget.spent_usd == 2 * PAID


async def test_a_model_without_a_price_is_not_asked_under_a_limit() -> None:
    run = Run(budget=Budget(most=1e9))
    unknown = replace(asking("a"), model="unknown")

    async def collect(calls: Calls) -> None:
        await calls.call(unknown)

    means = BatchMeans(
        service=run.service,
        journal=run.journal,
        store=run.store,
        prices=FlatPrices(unknown=frozenset({"unknown"})),
        places=PLACES,
        clock=run.clock,
        settings=RunSettings(),
        budget=run.budget,
        say=run.told.append,
    )
    calls = await answer_in_batches(means, collect)
    ended = (await calls.call(unknown)).result
    assert isinstance(ended, CallFailure)
    assert ended.kind is FailureKind.COST_LIMIT
    assert run.batches == []


@pytest.mark.parametrize("kind", [FailureKind.BILLING, FailureKind.REQUEST])
async def test_a_service_that_takes_no_batch_ends_the_run_with_its_failure(
    kind: FailureKind,
) -> None:
    run = Run()
    run.service.refusals = [failure(kind)]
    calls = await run.answer(["a"])
    assert await calls.call(asking("a")) == Called(result=failure(kind))
    assert [batch.is_over for batch in run.journal.batches()] == [True]
    assert run.budget.spent_usd == 0


async def test_a_passing_failure_of_the_service_is_waited_out() -> None:
    run = Run()
    busy = failure(FailureKind.OVERLOADED)
    later = replace(busy, retry_after=7.0)
    run.service.refusals = [busy, busy, later, None, failure(FailureKind.TIMEOUT)]
    calls = await run.answer(["a"])
    assert run.clock.slept[:3] == [1.0, 1.5, 7.0]
    assert await result(calls, "a") == said("A")
    assert run.batches == [["a"]]


async def test_a_batch_that_may_have_been_taken_stays_open_and_is_not_handed_in_again() -> None:
    run = Run(budget=Budget(most=100.0))
    run.service.refusals = [failure(FailureKind.TIMEOUT)]
    calls = await run.answer(["a"])
    assert await result(calls, "a") == failure(FailureKind.TIMEOUT)
    assert [batch.is_over for batch in run.journal.batches()] == [False]
    assert run.budget.spent_usd == worst("a")


async def test_an_outage_ends_the_run_and_leaves_the_batch_to_the_next() -> None:
    run = Run()
    down = failure(FailureKind.CONNECTION)
    run.service.refusals = [None, *[down] * MOST_FAILED]
    calls = await run.answer(["a"])
    assert await result(calls, "a") == down
    assert [(batch.id, batch.is_over) for batch in run.journal.batches()] == [("batch_0", False)]
    calls = await run.answer(["a"])
    assert await result(calls, "a") == said("A")
    assert run.batches == [["a"]]


async def test_results_that_break_off_are_fetched_again() -> None:
    run = Run(looks=0)
    run.service.refusals = [None, None, failure(FailureKind.CUT)]
    calls = await run.answer(["a"], ["b"], ["c"])
    assert [await result(calls, text) for text in "abc"] == [said("A"), said("B"), said("C")]
    assert run.batches == [["a", "b", "c"]]


class FullStore(MemoryStore):
    """A store that has no room for anything."""

    def keep(self, key: str, completion: Completion, *, label: str) -> None:
        """Lose the answer."""


async def test_answers_that_cannot_be_stored_are_fetched_later_and_not_paid_for_again() -> None:
    run = Run(store=FullStore())
    with pytest.raises(EvaluationError, match="batch_0 cannot be stored; the service keeps them"):
        await run.answer(["a"], ["b"])
    assert [batch.is_over for batch in run.journal.batches()] == [False]
    run.store = MemoryStore()
    calls = await run.answer(["a"], ["b"])
    assert run.batches == [["a", "b"]]
    assert (await calls.call(asking("a"))).cost_usd == PAID


# Restarts: what the journal says when the process before was killed.


def journal(*texts: str, identity: str = "", is_over: bool = False) -> MemoryBatchJournal:
    keys = tuple(map(key, texts))
    return MemoryBatchJournal([Batch(number=0, keys=keys, id=identity, is_over=is_over)])


async def test_a_batch_that_was_handed_in_is_fetched() -> None:
    run = Run()
    run.journal = journal("a", "b", identity=await run.hand_in("a", "b"))
    calls = await run.answer(["a"], ["b"], ["c"])
    assert run.batches == [["a", "b"], ["c"]]
    assert (await calls.call(asking("a"))).cost_usd == PAID
    assert run.told[0] == "batch batch_0: found again, 2 requests"


async def test_a_batch_whose_id_was_lost_is_found_by_its_size() -> None:
    run = Run()
    await run.hand_in("x")
    await run.hand_in("a", "b")
    await run.hand_in("x", "y", "z")
    run.journal = journal("a", "b")
    await run.answer(["a"], ["b"])
    assert run.told == [
        "batch batch_1: found again, 2 requests",
        "batch batch_1: 2 of 2 requests wait",
    ]
    assert len(run.service.batches) == 3
    assert run.journal.batches()[0] == Batch(
        number=0, keys=(key("a"), key("b")), id="batch_1", is_over=True
    )


async def test_another_job_s_batch_of_the_same_size_is_not_taken_for_it() -> None:
    run = Run()
    await run.hand_in("a", "b")
    await run.hand_in("x", "y")
    run.journal = journal("a", "b")
    await run.answer(["a"], ["b"])
    assert len(run.service.batches) == 2
    assert run.journal.batches()[0].id == "batch_0"
    assert set(run.store.answers) == {key("a"), key("b")}


async def test_a_batch_that_is_known_is_not_taken_for_a_lost_one() -> None:
    run = Run()
    known = Batch(number=0, keys=(key("x"),), id=await run.hand_in("x"), is_over=True)
    run.journal = MemoryBatchJournal([known, Batch(number=1, keys=(key("a"),))])
    await run.answer(["a"])
    assert run.batches == [["x"], ["a"]]
    assert not any("found again" in each for each in run.told)


async def test_a_batch_that_was_never_handed_in_is_asked_anew() -> None:
    run = Run()
    await run.hand_in("x", "y", "z")
    run.journal = journal("a", "b")
    await run.answer(["a"], ["b"])
    assert run.batches[1:] == [["a", "b"]]
    assert [batch.is_over for batch in run.journal.batches()] == [True, True]


async def test_a_batch_that_is_over_is_left_alone() -> None:
    run = Run()
    run.journal = journal("a", identity="batch_9", is_over=True)
    run.store.keep(key("a"), said("A"), label="")
    calls = await run.answer(["a"])
    assert run.batches == []
    assert (await calls.call(asking("a"))).cost_usd == PAID


async def test_a_passing_failure_in_a_batch_found_again_is_tried_again() -> None:
    run = Run({"a": [FailureKind.SERVER]})
    run.journal = journal("a", identity=await run.hand_in("a"))
    calls = await run.answer(["a"])
    assert await result(calls, "a") == said("A")


@pytest.mark.parametrize("is_over", [True, False])
async def test_what_batches_of_a_killed_process_cost_counts_for_the_limit(is_over: bool) -> None:
    run = Run(budget=Budget(most=worst("b") + PAID / 2))
    run.journal = journal("a", identity=await run.hand_in("a"), is_over=is_over)
    if is_over:
        run.store.keep(key("a"), said("A"), label="")
    calls = await run.answer(["a", "b"])
    ended = await result(calls, "b")
    assert isinstance(ended, CallFailure)
    assert ended.kind is FailureKind.COST_LIMIT


async def test_answers_are_stored_for_their_trials() -> None:
    labels: dict[str, str] = {}

    class Store(MemoryStore):
        def keep(self, key: str, completion: Completion, *, label: str) -> None:
            labels[key] = label
            super().keep(key, completion, label=label)

    await Run(store=Store()).answer(["a"], ["b"])
    assert labels == {key("a"): "case/0", key("b"): "case/1"}


async def test_what_was_never_asked_is_not_answered_yet() -> None:
    calls = await Run().answer(["a"])
    assert await calls.call(asking("b")) == Called(result=PENDING)


def sizes(requests: Sequence[ChatRequest]) -> list[int]:
    return [len(part) for part in parts((str(n), each) for n, each in enumerate(requests))]


def test_a_part_holds_so_many_requests() -> None:
    assert sizes([]) == []
    assert sizes([asking("a")] * MOST_REQUESTS) == [MOST_REQUESTS]
    assert sizes([asking("a")] * (MOST_REQUESTS + 1)) == [MOST_REQUESTS, 1]


@pytest.mark.parametrize(
    "large",
    [
        lambda size: asking("a" * (size // 4)),
        lambda size: asking("\U0001f600" * (size // 4)),
        lambda size: with_file(b"x" * (size * 3 // 4)),
    ],
)
def test_a_part_holds_so_many_bytes(large: Callable[[int], ChatRequest]) -> None:
    request = large(MOST_BYTES // 10)
    assert sizes([request] * 21)[:2] in ([10, 10], [9, 9])


def test_a_request_that_is_too_large_is_a_part_of_its_own() -> None:
    large = with_file(b"x" * MOST_BYTES)
    assert sizes([asking("a"), large, asking("b")]) == [1, 1, 1]


def with_file(content: bytes) -> ChatRequest:
    file = Attachment(name="f", media_type="image/png", sha256="", content=content)
    return replace(asking(""), turns=(Turn(role="user", content=(file,)),))


async def test_an_answer_of_another_model_that_an_earlier_run_left_is_asked_for_again() -> None:
    run = Run()
    run.store.keep(key("a"), replace(said("A"), model="other"), label="")
    calls = await run.answer(["a"])
    assert run.batches == [["a"]]
    assert await result(calls, "a") == said("A")


async def test_what_a_trial_of_an_earlier_process_has_paid_is_neither_charged_nor_booked_again() -> (
    None
):
    run = Run()
    run.journal = journal("a", "b", identity="batch_9", is_over=True)
    for text in "ab":
        run.store.keep(key(text), said(text.upper()), label="")
    calls = await run.answer(["a", "b"], past=["a"])
    assert run.budget.spent_usd == PAID
    assert await calls.call(asking("a")) == Called(result=said("A"), reused=True)
    assert (await calls.call(asking("b"))).cost_usd == PAID


async def test_what_is_asked_for_again_is_charged_again() -> None:
    run = Run({"a": []})
    run.journal = journal("a", identity="batch_9", is_over=True)
    run.store.keep(key("a"), replace(said("A"), model="another"), label="")
    calls = await run.answer(["a"], past=["a"])
    assert run.batches == [["a"]]
    assert (await calls.call(asking("a"))).cost_usd == PAID


async def test_an_earlier_batch_is_booked_at_the_dearest_price_of_a_route() -> None:
    run = Run()
    run.journal = journal("a", identity="batch_9", is_over=True)
    run.store.keep(key("a"), said("A"), label="")
    await run.answer(["a"], places=replace(PLACES, price_factors={"": 1.0, "eu": 2.0}))
    assert run.budget.spent_usd == 2 * PAID


async def test_a_judge_s_stored_reply_that_decides_nothing_is_asked_for_once_more() -> None:
    run = Run()
    judged = replace(asking("a"), purpose=Purpose.JUDGE)  # the server says no JSON, ever
    run.store.keep(key("a"), said("old"), label="")

    async def collect(calls: Calls) -> None:
        await calls.call(judged)

    means = BatchMeans(
        service=run.service,
        journal=run.journal,
        store=run.store,
        prices=PRICES,
        places=PLACES,
        clock=run.clock,
        settings=RunSettings(),
        budget=run.budget,
        say=run.told.append,
    )
    calls = await answer_in_batches(means, collect)
    assert run.batches == [["a"]]
    assert (await calls.call(judged)).result == said("A")
