"""Facts about the one way that every call of a run takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalgate.errors import EvaluationError
from evalgate.model.chat import (
    Allowance,
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
    Purpose,
    RateLimits,
    Usage,
)
from evalgate.model.content import Turn
from evalgate.model.policy import RunSettings
from evalgate.model.ports import AnswerStore
from evalgate.running.budget import Budget
from evalgate.running.caller import Caller, Means
from evalgate.running.calls import Called
from evalgate.running.keys import answer_key
from evalgate.running.place import Places
from evalgate.running.retry import STOPS_RUN
from evalgate.running.worst import worst_usd
from evalgate.simulator.fakes import FakeClock, FlatPrices, MemoryStore

PRICES = FlatPrices(usd_per_million=1e6)  # a dollar per token
PLACES = Places(origins={"": "o", "eu": "p"}, price_factors={"eu": 2.0})
ANSWER = Completion(
    text="yes",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=2),
    latency_ms=1,
)

End = Completion | CallFailure


def asking(text: str = "Hi", **changes: str) -> ChatRequest:
    request = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content=text),))
    return replace(request, trial=changes.get("trial", ""), route=changes.get("route", ""))


def failure(kind: FailureKind) -> CallFailure:
    return CallFailure(kind=kind, message="why")


class Server:
    """A model that answers once it is let, with the next of its ends or always the same."""

    def __init__(self, *ends: End, is_open: bool = True) -> None:
        self.asked: list[ChatRequest] = []
        self.gate = asyncio.Event()
        if is_open:
            self.gate.set()
        self._ends = list(ends)

    async def send(self, request: ChatRequest, *, within: float) -> End:
        assert within > 0
        self.asked.append(request)
        await self.gate.wait()
        return self._ends.pop(0) if len(self._ends) > 1 else self._ends[0]


def caller(
    server: Server,
    *,
    store: AnswerStore | None = None,
    budget: Budget | None = None,
    concurrency: int = 16,
    prices: FlatPrices = PRICES,
) -> Caller:
    means = Means(
        model=server,
        prices=prices,
        clock=FakeClock(),
        random=lambda: 0.5,
        settings=RunSettings(attempts=3, concurrency=concurrency),
        budget=budget or Budget(),
        places=PLACES,
        store=store,
    )
    return Caller(means)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def together(caller: Caller, requests: Sequence[ChatRequest]) -> list[Called]:
    async with asyncio.timeout(5):
        return await asyncio.gather(*map(caller.call, requests))


def worst(request: ChatRequest) -> float:
    usd = worst_usd(request, PRICES, 1.0)
    assert usd is not None
    return usd


async def test_an_answer_is_booked_at_its_price() -> None:
    called = await caller(Server(ANSWER)).call(asking())
    assert called == Called(result=ANSWER, calls=1, cost_usd=3.0, booked_usd=3.0)


async def test_a_route_s_price_counts() -> None:
    called = await caller(Server(ANSWER)).call(asking(route="eu"))
    assert (called.cost_usd, called.booked_usd) == (6.0, 6.0)


@pytest.mark.parametrize("end", [ANSWER, failure(FailureKind.REQUEST)])
async def test_the_same_request_in_flight_is_sent_once(end: End) -> None:
    server = Server(end, is_open=False)
    requests = [asking(trial=f"case-{number}/0") for number in range(9)]
    running = asyncio.create_task(together(caller(server), requests))
    await settle()
    server.gate.set()
    ends = await running
    assert len(server.asked) == 1
    assert [called.result for called in ends] == [end] * 9
    assert [called.calls for called in ends] == [1] + [0] * 8
    assert [called.reused for called in ends] == [False] + [True] * 8
    assert sum(called.booked_usd for called in ends) == ends[0].booked_usd


async def test_without_a_store_a_request_that_comes_later_is_sent_again() -> None:
    server = Server(ANSWER)
    one = caller(server)
    await one.call(asking())
    await one.call(asking())
    assert len(server.asked) == 2


async def test_other_samples_and_routes_are_other_requests() -> None:
    server = Server(ANSWER)
    await together(caller(server), [asking(), replace(asking(), sample=1), asking(route="eu")])
    assert len(server.asked) == 3


async def test_a_stored_answer_takes_no_call() -> None:
    store, server = MemoryStore(), Server(failure(FailureKind.REQUEST))
    store.keep(answer_key(asking(), origin="o"), ANSWER, label="")
    called = await caller(server, store=store, budget=Budget(most=0.0)).call(asking())
    assert called == Called(result=ANSWER, reused=True)
    assert server.asked == []


async def test_an_answer_of_another_place_is_no_answer() -> None:
    store, server = MemoryStore(), Server(ANSWER)
    store.keep(answer_key(asking(), origin="o"), ANSWER, label="")
    await caller(server, store=store).call(asking(route="eu"))
    assert len(server.asked) == 1


class WatchedStore(MemoryStore):
    """A store that notes for which trial it keeps an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = []

    def keep(self, key: str, completion: Completion, *, label: str) -> None:
        self.labels.append(label)
        super().keep(key, completion, label=label)


async def test_an_answer_is_stored_before_it_is_returned_and_a_failure_never() -> None:
    store = WatchedStore()
    one = caller(Server(failure(FailureKind.REQUEST), ANSWER), store=store)
    await one.call(asking("first", trial="a/0"))
    assert store.labels == []
    await one.call(asking("second", trial="b/1"))
    assert store.labels == ["b/1"]
    assert store.answers == {answer_key(asking("second"), origin="o"): ANSWER}


class FullDisk(MemoryStore):
    """A store that cannot keep anything."""

    def keep(self, key: str, completion: Completion, *, label: str) -> None:
        raise EvaluationError(f"no space left for {key}{completion.text}{label}")


async def test_an_answer_that_cannot_be_stored_keeps_nobody_waiting() -> None:
    one = caller(Server(ANSWER), store=FullDisk())
    async with asyncio.timeout(5):
        ends = await asyncio.gather(*(one.call(asking()) for _ in range(3)), return_exceptions=True)
    assert isinstance(ends[0], EvaluationError)
    assert all(isinstance(end, BaseException) for end in ends)


async def test_every_attempt_is_booked() -> None:
    ends = (failure(FailureKind.OVERLOADED), failure(FailureKind.TIMEOUT), ANSWER)
    budget = Budget(most=10 * worst(asking()))
    called = await caller(Server(*ends), budget=budget).call(asking())
    assert (called.result, called.calls, called.cost_usd) == (ANSWER, 3, None)
    assert called.booked_usd == worst(asking()) + 3.0
    assert budget.spent_usd == called.booked_usd


@pytest.mark.parametrize(
    ("kind", "usd"),
    [
        (FailureKind.REQUEST, 0.0),
        (FailureKind.DEADLINE, 0.0),
        (FailureKind.WRONG_MODEL, None),
    ],
)
async def test_a_failure_costs_nothing_unless_the_server_may_have_worked(
    kind: FailureKind, usd: float | None
) -> None:
    called = await caller(Server(failure(kind))).call(asking())
    assert called.cost_usd == usd
    assert called.booked_usd == (worst(asking()) if usd is None else 0.0)


@pytest.mark.parametrize("kind", sorted(STOPS_RUN - {FailureKind.COST_LIMIT}))
async def test_a_failure_that_all_would_meet_ends_everything_that_waits(kind: FailureKind) -> None:
    server = Server(failure(kind), is_open=False)
    one = caller(server, concurrency=2)
    requests = [asking(str(number)) for number in range(50)]
    running = asyncio.create_task(together(one, requests))
    await settle()
    assert len(server.asked) == 2
    server.gate.set()
    ends = await running
    assert len(server.asked) == 2
    assert {called.result for called in ends} == {failure(kind)}
    assert sum(called.calls for called in ends) == 2
    assert (await one.call(asking("later"))).result == failure(kind)
    assert (await one.call(asking("elsewhere", route="eu"))).result == failure(kind)
    assert len(server.asked) == 2


async def test_such_a_failure_ends_those_too_that_wait_for_money() -> None:
    server = Server(failure(FailureKind.BILLING), is_open=False)
    budget = Budget(most=1.5 * worst(asking("a")))
    running = asyncio.create_task(
        together(caller(server, budget=budget), [asking("a"), asking("b")])
    )
    await settle()
    assert len(server.asked) == 1
    server.gate.set()
    ends = await running
    assert [called.calls for called in ends] == [1, 0]
    assert ends[1].result == failure(FailureKind.BILLING)
    assert budget.spent_usd == 0.0
    assert await budget.reserve(1.5 * worst(asking("a"))) is None


async def test_a_cost_limit_stops_the_run_before_it_is_passed() -> None:
    server, most = Server(ANSWER), worst(asking("0")) + 7.0
    budget = Budget(most=most)
    ends = await together(caller(server, budget=budget), [asking(str(n)) for n in range(9)])
    refused = [called for called in ends if isinstance(called.result, CallFailure)]
    assert {called.result.kind for called in refused if isinstance(called.result, CallFailure)} == {
        FailureKind.COST_LIMIT
    }
    assert len(server.asked) == 3  # 3 dollars each; after 9 the worst of the next does not fit
    assert (budget.spent_usd, sum(called.calls for called in ends)) == (9.0, 3)
    assert all((called.calls, called.booked_usd) == (0, 0.0) for called in refused)


async def test_under_a_limit_a_model_without_a_price_is_never_asked() -> None:
    server, prices = Server(ANSWER), FlatPrices(unknown=frozenset({"m"}))
    called = await caller(server, budget=Budget(most=9.0), prices=prices).call(asking())
    assert isinstance(called.result, CallFailure)
    assert called.result.kind is FailureKind.COST_LIMIT
    assert server.asked == []


async def test_a_cancelled_call_holds_nothing_and_nobody() -> None:
    server = Server(ANSWER, is_open=False)
    budget = Budget(most=2 * worst(asking()))
    one = caller(server, budget=budget, concurrency=1)
    leader = asyncio.create_task(one.call(asking()))
    await settle()
    follower = asyncio.create_task(one.call(asking()))
    await settle()
    leader.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(leader, follower, return_exceptions=True)
    assert follower.cancelled()
    server.gate.set()
    async with asyncio.timeout(5):
        called = await one.call(asking())
    assert called.result == ANSWER
    # What was sent may be billed.
    assert budget.spent_usd == worst(asking()) + 3.0


async def test_a_cancelled_follower_does_not_end_the_call() -> None:
    server = Server(ANSWER, is_open=False)
    one = caller(server)
    leader = asyncio.create_task(one.call(asking()))
    await settle()
    follower = asyncio.create_task(one.call(asking()))
    await settle()
    follower.cancel()
    await settle()
    server.gate.set()
    assert (await leader).result == ANSWER
    assert len(server.asked) == 1


async def test_models_and_routes_do_not_wait_for_each_other() -> None:
    server = Server(ANSWER, is_open=False)
    one = caller(server, concurrency=1)
    requests = [asking("a"), asking("b"), asking(route="eu"), replace(asking(), model="n")]
    running = asyncio.create_task(together(one, requests))
    await settle()
    assert [(request.model, request.route) for request in server.asked] == [
        ("m", ""),
        ("m", "eu"),
        ("n", ""),
    ]
    server.gate.set()
    await running


async def test_a_failure_that_may_pass_is_not_remembered() -> None:
    server = Server(*[failure(FailureKind.SERVER)] * 3, ANSWER)
    one = caller(server)
    assert (await one.call(asking())).result == failure(FailureKind.SERVER)
    assert (await one.call(asking())).result == ANSWER


async def test_a_stored_answer_of_another_model_is_no_answer() -> None:
    store, server = MemoryStore(), Server(ANSWER)
    key = answer_key(asking(), origin="o")
    store.keep(key, replace(ANSWER, model="other", text="no"), label="")
    called = await caller(server, store=store).call(asking())
    assert (called.result, called.calls) == (ANSWER, 1)
    assert store.answers == {key: ANSWER}


async def test_a_judge_s_stored_reply_that_decides_nothing_is_asked_for_again() -> None:
    store, server = MemoryStore(), Server(replace(ANSWER, text='{"c1": "pass"}'))
    request = replace(asking(), purpose=Purpose.JUDGE)
    store.keep(answer_key(request, origin="o"), ANSWER, label="")
    calls = caller(server, store=store)
    assert not (await calls.call(request)).reused
    assert (await calls.call(request)).reused
    assert len(server.asked) == 1


async def test_a_stored_answer_of_a_snapshot_is_that_of_its_model() -> None:
    store, server = MemoryStore(), Server(failure(FailureKind.REQUEST))
    snapshot = replace(ANSWER, model="m-20261001")
    store.keep(answer_key(asking(), origin="o"), snapshot, label="")
    assert (await caller(server, store=store).call(asking())).result == ANSWER


async def test_a_server_that_wants_no_call_for_longer_than_a_deadline_ends_the_run() -> None:
    exhausted = RateLimits(requests=Allowance(limit=10, remaining=0))
    busy = replace(failure(FailureKind.RATE_LIMIT), retry_after=86_400.0, limits=exhausted)
    server = Server(busy)
    one = caller(server)
    first = await one.call(asking())
    later = await together(one, [asking(str(number)) for number in range(9)])
    assert first.result == busy
    assert [called.result for called in later] == [busy] * 9
    assert len(server.asked) == 1


async def test_a_single_call_that_is_to_wait_for_long_does_not_end_the_run() -> None:
    busy = replace(failure(FailureKind.RATE_LIMIT), retry_after=86_400.0)
    one = caller(Server(busy, ANSWER))
    assert (await one.call(asking())).result == busy
    assert (await one.call(asking("Ho"))).result == ANSWER
