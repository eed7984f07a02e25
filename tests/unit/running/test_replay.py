"""Facts about answers without calls."""

from evalgate.model.chat import ChatRequest, Completion, FailureKind, Purpose, Usage
from evalgate.model.content import Turn
from evalgate.running.keys import answer_key
from evalgate.running.place import Places
from evalgate.running.replay import Replay
from evalgate.simulator.fakes import MemoryStore

PLACES = Places(origins={"": "claude"}, price_factors={"": 1.0})
REQUEST = ChatRequest(model="m", max_tokens=9, turns=(Turn(role="user", content="Hi"),))
JUDGING = ChatRequest(
    model="m", max_tokens=9, turns=(Turn(role="user", content="Hm"),), purpose=Purpose.JUDGE
)


def answer(text: str = "yes", *, model: str = "m") -> Completion:
    usage = Usage(input_tokens=1, output_tokens=1)
    return Completion(text=text, model=model, stop_reason="end_turn", usage=usage, latency_ms=1)


def store(request: ChatRequest, completion: Completion) -> MemoryStore:
    kept = MemoryStore()
    kept.keep(answer_key(request, origin="claude"), completion, label="")
    return kept


async def kind(replay: Replay, request: ChatRequest = REQUEST) -> FailureKind | None:
    called = await replay.call(request)
    assert (called.calls, called.cost_usd, called.seconds) == (0, 0.0, 0.0)
    return None if isinstance(called.result, Completion) else called.result.kind


async def test_a_stored_answer_is_the_answer() -> None:
    called = await Replay(places=PLACES, store=store(REQUEST, answer())).call(REQUEST)
    assert (called.result, called.reused) == (answer(), True)


async def test_what_is_not_stored_needs_a_call() -> None:
    assert await kind(Replay(places=PLACES, store=MemoryStore())) is FailureKind.CALL_NEEDED
    assert await kind(Replay(places=PLACES)) is FailureKind.CALL_NEEDED


async def test_the_answer_of_another_server_is_none() -> None:
    elsewhere = Places(origins={"": "elsewhere"}, price_factors={"": 1.0})
    kept = store(REQUEST, answer())
    assert await kind(Replay(places=elsewhere, store=kept)) is FailureKind.CALL_NEEDED


async def test_the_answer_of_another_model_is_none() -> None:
    kept = store(REQUEST, answer(model="other"))
    assert await kind(Replay(places=PLACES, store=kept)) is FailureKind.CALL_NEEDED


async def test_a_judgement_that_decides_nothing_is_none() -> None:
    kept = store(JUDGING, answer("no JSON"))
    assert await kind(Replay(places=PLACES, store=kept), JUDGING) is FailureKind.CALL_NEEDED
