"""What answers a call: memory first, models next, and at last what is out of date."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from evalgate.adapters.clock import SystemClock
from evalgate.errors import UsageError
from evalgate.model.call import ServedBy
from evalgate.model.chat import ChatRequest, Completion, FailureKind
from evalgate.model.ports import Clock
from evalgate.model.serving import CacheKind, CacheRules
from evalgate.runtime.call import BROKEN, CANCELLED, DISABLED, Call, Outcome
from evalgate.runtime.line import Line
from evalgate.runtime.logbook.tracing import NoSpan
from evalgate.runtime.remembering.answers import Answers
from evalgate.runtime.remembering.idempotency import Idempotency, own_key
from evalgate.runtime.remembering.memory_cache import MemoryCache
from evalgate.runtime.service import Service
from evalgate.simulator.fakes import FakeClock
from evalgate.simulator.scripted_model import Said, Script
from tests.unit.runtime.calls import SERVING, Scene, a_call, by_model

DOWN = Said(failure=FailureKind.OVERLOADED)


@dataclass(slots=True, kw_only=True)
class House:
    """A service over a scripted model; `time` is what its cache takes for now."""

    script: Script
    clock: Clock = field(default_factory=FakeClock)
    smell: tuple[str, ...] = ()
    time: float = 1000.0
    cancelled: list[Outcome] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    scene: Scene = field(init=False)
    service: Service = field(init=False)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.scene = Scene(script=self._said, clock=self.clock)
        rules = CacheRules(kind=CacheKind.MEMORY, ttl=60.0, stale=600.0)
        cache = MemoryCache(entries=100, now=lambda: self.time)
        answers = Answers(cache, rules, now=lambda: self.time)
        self.service = Service(
            failover=replace(self.scene.failover, now=lambda: self.time),
            idempotency=Idempotency(MemoryCache(entries=100, now=lambda: self.time)),
            answers=lambda call: answers if call.key else None,
            smell=lambda _call, _completion: self.smell,
            on_cancelled=lambda _call, outcome: self.cancelled.append(outcome),
        )
        self.line = Line(model=self.scene.model, routes=SERVING.routes)

    def _said(self, request: ChatRequest) -> Said:
        return self.script(request)

    @property
    def asked(self) -> int:
        return len(self.scene.model.asked)

    def call(self, **changes: object) -> Call:
        return replace(a_call(clock=self.clock, key="k" * 64), **changes)  # type: ignore[arg-type]

    async def answer(self, **changes: object) -> Outcome:
        call = self.call(**changes)
        return await self.service.answer(call, self.line, hear=self.heard.append)


def words(outcome: Outcome) -> str:
    assert isinstance(outcome.completion, Completion)
    return outcome.completion.text


async def test_an_answer_is_remembered_for_its_time() -> None:
    house = House(script=lambda _: Said(text="Once."))
    assert (await house.answer()).served_by is ServedBy.PRIMARY
    house.time += 59
    again = await house.answer()
    assert (again.served_by, again.age_s, house.asked) == (ServedBy.CACHE, 59.0, 1)
    assert again.tries == ()
    house.time += 2
    assert (await house.answer()).served_by is ServedBy.PRIMARY


async def test_a_call_without_a_key_is_neither_found_nor_kept() -> None:
    house = House(script=lambda _: Said())
    await house.answer(key="")
    await house.answer(key="")
    assert house.asked == 2


async def test_an_old_answer_is_better_than_none() -> None:
    house = House(script=lambda _: Said(text="Old."))
    await house.answer()
    house.time += 300
    house.script = lambda _: DOWN
    outcome = await house.answer()
    assert (outcome.served_by, words(outcome)) == (ServedBy.STALE_CACHE, "Old.")
    assert outcome.is_degraded
    assert outcome.error == "overloaded", "it says what it stands in for"
    assert outcome.tries, "and what was tried before"
    house.time += 400
    assert (await house.answer()).served_by is ServedBy.NOBODY


async def test_an_answer_that_smells_is_not_remembered() -> None:
    house = House(script=lambda _: Said(), smell=("empty",))
    assert (await house.answer()).smell == ("empty",)
    await house.answer()
    assert house.asked == 2


async def test_the_answer_of_a_smaller_model_is_not_remembered() -> None:
    house = House(script=by_model(sonnet=DOWN))
    assert (await house.answer()).served_by is ServedBy.SMALLER_MODEL
    assert (await house.answer()).served_by is ServedBy.SMALLER_MODEL


async def test_a_prompt_that_is_switched_off_is_not_asked() -> None:
    house = House(script=lambda _: Said())
    await house.answer()
    outcome = await house.answer(is_disabled=True)
    assert (outcome.served_by, outcome.error, house.asked) == (ServedBy.NOBODY, DISABLED, 1)


async def test_equal_calls_in_flight_are_one() -> None:
    house = House(script=lambda _: Said(after=0.1))
    outcomes = await asyncio.gather(*(house.answer() for _ in range(20)))
    assert house.asked == 1
    told = [outcome.served_by for outcome in outcomes]
    assert told.count(ServedBy.PRIMARY) == 1
    assert told.count(ServedBy.SHARED) == 19


async def test_a_shared_answer_of_a_smaller_model_is_degraded_for_all() -> None:
    house = House(script=by_model(sonnet=DOWN))
    outcomes = await asyncio.gather(*(house.answer() for _ in range(5)))
    assert all(outcome.is_degraded for outcome in outcomes)


async def test_who_shares_a_call_does_not_share_its_attempts_or_its_cost() -> None:
    house = House(script=lambda _: Said(after=0.1))
    outcomes = await asyncio.gather(*(house.answer() for _ in range(3)))
    assert sorted(len(outcome.tries) for outcome in outcomes) == [0, 0, 1]


async def test_who_had_more_time_asks_again() -> None:
    house = House(script=lambda _: Said(after=3.0))
    hasty = house.answer(ends=house.clock.monotonic() + 0.5)
    patient = house.answer()
    first, second = await asyncio.gather(hasty, patient)
    assert first.served_by is ServedBy.NOBODY
    assert second.served_by is not ServedBy.NOBODY


async def test_calls_with_one_idempotency_key_are_one_call() -> None:
    own = own_key("order-7", feature="", tenant="", asked={"question": "x"})
    house = House(script=lambda _: Said(text="Once."))
    await house.answer(key="", own=own)
    again = await house.answer(key="", own=own)
    assert (words(again), again.served_by, house.asked) == ("Once.", ServedBy.CACHE, 1)


async def test_an_idempotency_key_belongs_to_one_call() -> None:
    house = House(script=lambda _: Said())
    one = own_key("order-7", feature="", tenant="", asked={"question": "x"})
    other = own_key("order-7", feature="", tenant="", asked={"question": "y"})
    await house.answer(key="", own=one)
    with pytest.raises(UsageError, match="used for another call"):
        await house.answer(key="", own=other)


async def test_a_stream_from_memory_comes_in_one_piece() -> None:
    house = House(script=lambda _: Said(text="Once."))
    await house.answer()
    outcome = await house.answer(streamed=True)
    assert outcome.served_by is ServedBy.CACHE
    assert house.heard == ["Once."]
    assert outcome.ttft_ms is not None


async def test_a_stream_is_remembered_as_a_whole() -> None:
    house = House(script=lambda _: Said(text="One, two.", pieces=("One, ", "two.")))
    await house.answer(streamed=True)
    assert words(await house.answer()) == "One, two."
    assert (house.asked, house.heard) == (1, ["One, ", "two."])


async def test_nothing_follows_a_stream_that_broke_after_its_first_words() -> None:
    house = House(script=lambda _: Said(text="Old."))
    await house.answer()
    house.time += 300
    house.script = lambda _: Said(failure=FailureKind.CUT, pieces=("New, bu",))
    outcome = await house.answer(streamed=True)
    assert (outcome.served_by, outcome.error) == (ServedBy.NOBODY, BROKEN)
    assert house.heard == ["New, bu"]


async def test_a_call_that_its_caller_gave_up_is_told_with_its_attempts() -> None:
    house = House(script=lambda _: Said(after=0.1))
    task = asyncio.ensure_future(house.answer(key=""))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (told,) = house.cancelled
    assert told.error == CANCELLED
    assert [each.abandoned for each in told.tries] == [True]


async def test_whoever_waits_takes_over_from_a_leader_that_left() -> None:
    house = House(script=lambda _: Said(after=0.05), clock=SystemClock())
    leader = asyncio.ensure_future(house.answer())
    await asyncio.sleep(0.01)
    follower = asyncio.ensure_future(house.answer())
    await asyncio.sleep(0.01)
    leader.cancel()
    assert (await follower).served_by is ServedBy.PRIMARY
    assert house.asked == 2


async def test_the_failure_of_a_shared_call_is_everybodys() -> None:
    house = House(script=lambda _: replace(DOWN, after=0.01))
    outcomes = await asyncio.gather(*(house.answer() for _ in range(3)))
    assert {outcome.served_by for outcome in outcomes} == {ServedBy.NOBODY}
    assert house.asked == 5, "the four targets, and the last one again"


async def test_calls_without_a_key_never_share() -> None:
    house = House(script=lambda _: Said(after=0.1))
    outcomes = await asyncio.gather(*(house.answer(key="") for _ in range(3)))
    assert [outcome.served_by for outcome in outcomes] == [ServedBy.PRIMARY] * 3


async def test_streams_share_nothing_while_they_flow() -> None:
    house = House(script=lambda _: Said(after=0.1, pieces=("Yes",)))
    await asyncio.gather(*(house.answer(streamed=True) for _ in range(3)))
    assert house.asked == 3
    assert house.heard == ["Yes"] * 3


async def test_calls_with_keys_of_their_own_are_not_one_call() -> None:
    house = House(script=lambda _: Said(after=0.1))
    owns = [own_key(name, feature="", tenant="", asked={}) for name in ("a", "b")]
    await asyncio.gather(*(house.answer(own=own) for own in owns))
    assert house.asked == 2


async def test_a_repeated_call_says_again_what_its_answer_was() -> None:
    own = own_key("order-7", feature="", tenant="", asked={})
    house = House(script=by_model(sonnet=DOWN))
    first = await house.answer(key="", own=own)
    house.time += 30.0
    again = await house.answer(key="", own=own)
    assert (again.served_by, again.is_degraded, again.age_s) == (ServedBy.CACHE, True, 30.0)
    assert again.route == first.route == "direct"
    house.time -= 90.0
    assert (await house.answer(key="", own=own)).age_s == 0.0


async def test_a_remembered_answer_names_the_route_that_it_came_over() -> None:
    house = House(script=lambda _: Said())
    await house.answer()
    assert (await house.answer()).route == "direct"


async def test_whoever_waits_for_an_equal_call_waits_no_longer_than_its_own_deadline() -> None:
    house = House(script=lambda _: Said(after=1.0), clock=SystemClock())
    leader = asyncio.ensure_future(house.answer())
    await asyncio.sleep(0.01)
    began = house.clock.monotonic()
    outcome = await house.answer(ends=began + 0.05)
    assert house.clock.monotonic() - began < 0.8
    assert (outcome.error, outcome.tries) == ("deadline", ())
    assert (await leader).served_by is ServedBy.PRIMARY


async def test_a_shared_failure_brings_no_attempts_with_it() -> None:
    house = House(script=lambda _: Said(after=0.1, failure=FailureKind.REQUEST))
    outcomes = await asyncio.gather(*(house.answer() for _ in range(3)))
    assert sorted(len(outcome.tries) for outcome in outcomes) == [0, 0, 1]


async def test_the_span_of_a_call_is_current_while_it_is_answered() -> None:
    seen: list[str] = []

    class Span(NoSpan):
        @contextmanager
        def current(self) -> Iterator[None]:
            seen.append("begins")
            yield
            seen.append("ends")

    def said(_: ChatRequest) -> Said:
        seen.append("asked")
        return Said()

    await House(script=said).answer(span=Span())
    assert seen == ["begins", "asked", "ends"]
