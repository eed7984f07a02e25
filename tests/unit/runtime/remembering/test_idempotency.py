"""Facts about callers' own keys."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.errors import UsageError
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Attachment
from evalgate.runtime.remembering.idempotency import Idempotency, OwnKey, own_key
from evalgate.runtime.remembering.memory_cache import MemoryCache

ASKED = {"prompt": "support-reply", "variables": {"question": "How long?", "name": "Ann"}}
KEPT = Kept(
    completion=Completion(
        text="Two years.",
        model="m",
        stop_reason="max_tokens",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
    ),
    route="",
    at=1_800_000_000.0,
    degraded=True,
)


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds


class Unreachable:
    """A cache as it is while its server is away."""

    failures = 1

    async def find(self, key: str) -> Kept | None:
        del key
        return None

    async def keep(self, key: str, kept: Kept, *, seconds: float) -> None:
        del key, kept, seconds

    async def claim(self, key: str, word: str, *, seconds: float) -> str:
        del key, seconds
        return word

    async def aclose(self) -> None:
        pass


@pytest.fixture
def time() -> Time:
    return Time()


def memory(time: Time) -> MemoryCache:
    return MemoryCache(entries=100, now=time.now)


@pytest.fixture
def calls(time: Time) -> Idempotency:
    return Idempotency(memory(time))


def key(name: str = "message-1", asked: Mapping[str, object] | None = None) -> OwnKey:
    return own_key(name, feature="support", tenant="t", asked=ASKED if asked is None else asked)


async def test_a_call_repeated_has_the_answer_that_it_had(calls: Idempotency) -> None:
    assert await calls.begin(key()) is None
    await calls.complete(key(), KEPT)
    assert await calls.begin(key()) == KEPT


async def test_a_call_that_was_never_answered_may_be_made_again(calls: Idempotency) -> None:
    assert await calls.begin(key()) is None
    assert await calls.begin(key()) is None


async def test_a_key_of_another_call_is_refused(calls: Idempotency) -> None:
    await calls.begin(key())
    with pytest.raises(UsageError) as raised:
        await calls.begin(key(asked={"prompt": "triage", "variables": {}}))
    assert str(raised.value) == snapshot(
        "the idempotency key was used for another call: expected the prompt and the variables that it had within the last 24 hours; choose a new key for each call, and repeat it only with the call"
    )


async def test_a_key_is_free_again_after_its_time(calls: Idempotency, time: Time) -> None:
    await calls.begin(key())
    await calls.complete(key(), KEPT)
    time.seconds += 86_399
    assert await calls.begin(key()) == KEPT
    time.seconds += 1
    assert await calls.begin(key(asked={"prompt": "triage"})) is None


async def test_another_process_knows_the_answer_and_the_claim(time: Time) -> None:
    shared = memory(time)
    one, other = Idempotency(memory(time), shared), Idempotency(memory(time), shared)
    await one.begin(key())
    with pytest.raises(UsageError, match="another call"):
        await other.begin(key(asked={}))
    # What was refused is claimed nowhere.
    assert await other.begin(key()) is None
    await one.complete(key(), KEPT)
    assert await other.begin(key()) == KEPT


async def test_a_process_keeps_its_word_while_the_shared_cache_is_away(time: Time) -> None:
    calls = Idempotency(memory(time), Unreachable())
    await calls.begin(key())
    await calls.complete(key(), KEPT)
    assert await calls.begin(key()) == KEPT
    with pytest.raises(UsageError, match="another call"):
        await calls.begin(key(asked={}))


def test_features_tenants_and_keys_do_not_meet() -> None:
    keys = {
        own_key(name, feature=feature, tenant=tenant, asked=ASKED)
        for name, feature, tenant in (
            ("a", "b", "c"),
            ("a", "x", "c"),
            ("b", "a", "c"),
            ("a", "c", "b"),
            ("ab", "", "c"),
            ("a", "bc", ""),
        )
    }
    assert len({each.claim for each in keys}) == len({each.answer for each in keys}) == 6
    assert len({each.asked for each in keys}) == 1


def test_the_order_of_variables_makes_no_other_call() -> None:
    turned = {"variables": {"name": "Ann", "question": "How long?"}, "prompt": "support-reply"}
    assert key(asked=turned) == key()


def test_files_count_by_their_content() -> None:
    file = Attachment(name="a.png", media_type="image/png", sha256="0" * 64, content=b"")
    keys = [
        key(asked={"file": each})
        for each in (file, replace(file, sha256="1" * 64), b"one", b"other", "one")
    ]
    assert len({each.answer for each in keys}) == 5


def test_nothing_of_a_key_or_call_stands_in_what_is_kept() -> None:
    words = repr(own_key("ann@example.org", feature="support", tenant="acme", asked=ASKED))
    assert not [word for word in ("ann", "acme", "support", "Ann") if word in words]


@pytest.mark.parametrize("name", ["", "x" * 256, "x" * 10_000_000])
def test_an_empty_or_long_key_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="expected 1 to 255"):
        key(name)


def test_any_characters_make_a_key() -> None:
    assert key("\ud83d\0") != key("\udc00\0")


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [object(), nested(100_000), {1: 1, "1": 2}], ids=("object", "deep", "mixed")
)
def test_a_call_that_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="that JSON can hold"):
        key(asked={"private words": value})
