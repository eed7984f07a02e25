"""The parts of a runtime together: calls come in, are answered, and are written down once."""

import time
from pathlib import Path

import pytest

from evalgate.errors import CallError, PromptDisabledError, UsageError
from evalgate.model.call import ServedBy
from evalgate.model.call_ports import EventKind
from evalgate.model.chat import FailureKind
from evalgate.model.override import Forced
from evalgate.model.serving import CacheKind, CacheRules
from evalgate.runtime.asked import Asked, Unserved
from evalgate.runtime.call import BROKEN, Outcome
from evalgate.runtime.desk import in_own_words, unserved
from evalgate.runtime.failover.breaker import State
from evalgate.runtime.remembering.memory_cache import MemoryCache
from evalgate.simulator.scripted_model import Said
from tests.unit.runtime.calls import SONNET, a_call
from tests.unit.runtime.desks import Shop, a_folder

ASKED = Asked(prompt="shop", variables={"question": "May I return it?"})
DOWN = Said(failure=FailureKind.REQUEST)
PLACE = f"direct {SONNET}"


def now(told: Unserved) -> str:
    return told.error


async def later(told: Unserved) -> str:
    return told.error


def replaced(path: Path, text: str) -> None:
    """Replace a file and let the next look come."""
    new = path.with_name("new")
    new.write_text(text)
    new.replace(path)
    time.sleep(0.55)


async def test_a_call_is_answered_and_written_down_once(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path))
    call = shop.desk.call(ASKED)
    reply = shop.desk.reply(call, await shop.desk.answer(call))
    assert (reply.text, reply.request_id) == ("Yes, within 30 days.", call.request_id)
    (line,) = shop.log.calls
    assert (line.request_id, line.served_by) == (reply.request_id, ServedBy.PRIMARY)


async def test_a_call_that_nobody_answers_is_written_down_and_raised(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path), said=lambda _: DOWN)
    call = shop.desk.call(ASKED)
    outcome = await shop.desk.answer(call)
    with pytest.raises(CallError, match=call.request_id):
        shop.desk.reply(call, outcome)
    assert [line.error for line in shop.log.calls] == ["request"]


async def test_a_key_that_was_used_for_another_call_is_told_and_written_down(
    tmp_path: Path,
) -> None:
    shop = Shop(a_folder(tmp_path))
    first = shop.desk.call(Asked(prompt="shop", variables={"question": "a"}, idempotency_key="k"))
    await shop.desk.answer(first)
    other = shop.desk.call(Asked(prompt="shop", variables={"question": "b"}, idempotency_key="k"))
    with pytest.raises(UsageError, match="idempotency key"):
        await shop.desk.answer(other)
    assert [(line.request_id, line.error) for line in shop.log.calls] == [
        (other.request_id, "request")
    ]


def test_a_fallback_that_breaks_leaves_a_line_and_one_that_does_not_leaves_none(
    tmp_path: Path,
) -> None:
    shop = Shop(a_folder(tmp_path))
    call = shop.desk.call(ASKED)
    with shop.desk.written_if_broken(call, Outcome(error="server")):
        pass
    assert shop.log.calls == []
    with pytest.raises(LookupError), shop.desk.written_if_broken(call, Outcome(error="server")):
        raise LookupError
    assert [line.error for line in shop.log.calls] == ["server"]


async def test_a_route_can_be_held_and_let_go(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path))
    call = shop.desk.call(ASKED)
    await shop.desk.answer(call)
    assert shop.desk.conditions()[PLACE].state is State.CLOSED
    shop.desk.force("direct", Forced.OPEN)
    assert shop.desk.conditions()[PLACE].state is State.FORCED_OPEN
    assert (await shop.desk.answer(shop.desk.call(ASKED))).error == "no_route"
    shop.desk.force("direct", Forced("closed"))
    assert shop.desk.conditions()[PLACE].state is State.FORCED_CLOSED
    shop.desk.force("direct", None)
    assert shop.desk.conditions()[PLACE].state is State.CLOSED
    assert len(shop.model.asked) == 1


async def test_what_the_application_holds_outranks_the_override_of_the_host(
    tmp_path: Path,
) -> None:
    override = tmp_path / "override.yml"
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    override.write_text(
        f"schema: override/1\nroutes: {{direct: {{until: {until}, state: open}}}}\n"
    )
    shop = Shop(a_folder(tmp_path / "prompts"), override)
    assert (await shop.desk.answer(shop.desk.call(ASKED))).error == "no_route"
    shop.desk.force("direct", Forced.CLOSED)
    assert (await shop.desk.answer(shop.desk.call(ASKED))).error is None
    shop.desk.force("direct", None)
    assert (await shop.desk.answer(shop.desk.call(ASKED))).error == "no_route"
    replaced(override, "schema: override/1\n")
    assert (await shop.desk.answer(shop.desk.call(ASKED))).error is None


def test_a_slip_in_holding_a_route_is_told(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path))
    with pytest.raises(UsageError, match=r"no route `drect` \(did you mean `direct`\?\)"):
        shop.desk.force("drect", None)
    with pytest.raises(UsageError, match=r"state: expected Forced\.OPEN, Forced\.CLOSED"):
        shop.desk.force("direct", "opne")  # type: ignore[arg-type]  # a slip


async def test_settings_that_change_hold_for_the_next_call(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path))
    before = shop.desk.order()
    assert shop.desk.order() is before
    replaced(tmp_path / "runtime.yml", "deadline: 7\ntimeout: 2\n")
    assert shop.desk.call(ASKED).terms.timing.deadline == 7.0
    assert shop.desk.order() is not before
    assert (await shop.desk.answer(shop.desk.call(ASKED))).served_by is ServedBy.PRIMARY


async def test_closing_closes_connections(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path))
    await shop.desk.answer(shop.desk.call(ASKED))
    await shop.desk.aclose()
    assert shop.model.is_closed


def test_fallbacks_are_for_prompts_that_have_a_folder(tmp_path: Path) -> None:
    desk = Shop(a_folder(tmp_path, unborn__v1_md="", _shared__x="")).desk
    given = {"shop": now, "unborn": now}
    assert desk.fallbacks(given, is_awaited=False) == given
    with pytest.raises(UsageError, match="no prompt `_shared`"):
        desk.fallbacks({"_shared": now}, is_awaited=False)
    with pytest.raises(UsageError, match="asynchronous"):
        desk.fallbacks({"shop": later}, is_awaited=False)
    assert desk.fallbacks({"shop": later}, is_awaited=True) == {"shop": later}


def test_the_application_is_asked_where_nobody_has_answered_or_begun_to() -> None:
    call = a_call(variables={"question": "?"})
    told = unserved(call, Outcome(error="timeout"))
    assert told is not None
    assert (told.prompt, told.version, told.error) == ("shop", "v1", "timeout")
    assert (told.variables, told.request_id) == ({"question": "?"}, call.request_id)
    assert unserved(call, Outcome(error=BROKEN)) is None
    assert unserved(call, Outcome(served_by=ServedBy.STALE_CACHE, error="timeout")) is None


def test_its_own_words_are_degraded_and_say_what_they_stand_for() -> None:
    outcome = in_own_words(Outcome(error="timeout"), "later")
    assert (outcome.served_by, outcome.own_text, outcome.error) == (
        ServedBy.APPLICATION,
        "later",
        "timeout",
    )
    assert outcome.is_degraded


async def test_a_prompt_that_is_off_raises_its_own_error(tmp_path: Path) -> None:
    live = "stable: v1\nswitch: {disabled: true}\n"
    shop = Shop(a_folder(tmp_path, **{"shop__live.yaml": live}))
    call = shop.desk.call(ASKED)
    with pytest.raises(PromptDisabledError):
        shop.desk.reply(call, await shop.desk.answer(call))
    assert shop.model.asked == []


async def test_breakers_follow_rules_that_change(tmp_path: Path) -> None:
    shop = Shop(a_folder(tmp_path), said=lambda _: Said(failure=FailureKind.OVERLOADED))
    replaced(tmp_path / "runtime.yml", "breaker: {in_a_row: 1}\nretry: {most: 0}\n")
    await shop.desk.answer(shop.desk.call(ASKED))
    assert shop.desk.conditions()[PLACE].state is State.OPEN


async def test_caches_that_fail_are_told_and_closing_empties_them(tmp_path: Path) -> None:
    rules = CacheRules(kind=CacheKind.MEMORY)
    shop = Shop(a_folder(tmp_path, **{"runtime.yml": "cache: {kind: memory}\n"}))
    cache = shop.desk.caches.cache(rules)
    assert isinstance(cache, MemoryCache)
    cache.failures = 2
    for _ in range(2):
        call = shop.desk.call(ASKED)
        shop.desk.reply(call, await shop.desk.answer(call))
    assert [event.kind for event in shop.events] == [EventKind.CACHE_FAILED]
    assert len(shop.model.asked) == 1
    await shop.desk.aclose()
    await shop.desk.answer(shop.desk.call(ASKED))
    assert len(shop.model.asked) == 2
