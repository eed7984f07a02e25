"""Facts about the response cache as a call sees it."""

from dataclasses import replace

import pytest

from evalgate.model.call import ServedBy
from evalgate.model.call_ports import Kept
from evalgate.model.chat import ChatRequest, Completion, Usage
from evalgate.model.content import Attachment, Turn
from evalgate.model.serving import CacheKind, CacheRules
from evalgate.runtime.remembering.answers import Answers, Found
from evalgate.runtime.remembering.cache_key import cache_key
from evalgate.runtime.remembering.memory_cache import MemoryCache

RULES = CacheRules(kind=CacheKind.MEMORY, ttl=300, stale=3600)
ANSWER = Completion(
    text="Two years.",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)


class Time:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def cache(time: Time) -> MemoryCache:
    return MemoryCache(entries=10, now=time.now)


@pytest.fixture
def answers(cache: MemoryCache, time: Time) -> Answers:
    return Answers(cache, RULES, now=time.now)


async def keep(answers: Answers, key: str, completion: Completion = ANSWER) -> bool:
    return await answers.keep(key, completion, route="eu", served_by=ServedBy.PRIMARY, smell=())


async def test_an_answer_is_fresh_then_stale_then_forgotten(answers: Answers, time: Time) -> None:
    kept = Kept(completion=ANSWER, route="eu", at=time.seconds)
    assert await keep(answers, "k")
    time.seconds += 299
    assert await answers.fresh("k") == Found(kept=kept, age=299.0)
    time.seconds += 1
    assert await answers.fresh("k") is None
    assert await answers.stale("k") == Found(kept=kept, age=300.0)
    time.seconds += 3299
    assert await answers.stale("k") == Found(kept=kept, age=3599.0)
    time.seconds += 1
    assert await answers.stale("k") is None


async def test_what_may_not_be_kept_leaves_the_older_answer(answers: Answers) -> None:
    assert await keep(answers, "k")
    assert not await keep(answers, "k", replace(ANSWER, text="No.", stop_reason="refusal"))
    found = await answers.fresh("k")
    assert found is not None
    assert found.kept.completion == ANSWER


async def test_an_answer_from_the_future_is_none(answers: Answers, time: Time) -> None:
    await keep(answers, "k")
    time.seconds -= 86_400
    assert await answers.fresh("k") is None
    assert await answers.stale("k") is None
    assert await keep(answers, "k", replace(ANSWER, text="new"))
    assert await answers.fresh("k") is not None


async def test_a_degraded_answer_is_none(answers: Answers, cache: MemoryCache, time: Time) -> None:
    less = Kept(completion=ANSWER, route="", at=time.seconds, degraded=True)
    await cache.keep("k", less, seconds=100)
    assert await answers.fresh("k") is None
    assert await answers.stale("k") is None


async def test_a_tenant_finds_no_answer_of_another_nor_of_another_version(answers: Answers) -> None:
    asked = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content="Who am I?"),))
    await keep(answers, cache_key(asked, prompt_hash="v1", tenant="a"))
    assert await answers.fresh(cache_key(asked, prompt_hash="v1", tenant="a"))
    assert await answers.stale(cache_key(asked, prompt_hash="v1", tenant="b")) is None
    assert await answers.stale(cache_key(asked, prompt_hash="v2", tenant="a")) is None


async def test_an_answer_about_one_file_stands_for_no_other(answers: Answers) -> None:
    def key(sha256: str) -> str:
        file = Attachment(name="a.pdf", media_type="application/pdf", sha256=sha256, content=b"")
        asked = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content=(file,)),))
        return cache_key(asked, prompt_hash="v1", tenant="a")

    await keep(answers, key("0" * 64))
    assert await answers.fresh(key("0" * 64))
    assert await answers.fresh(key("1" * 64)) is None
