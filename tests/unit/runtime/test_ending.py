"""The end of a call: one line in the log, one end of the span, and maybe one sample."""

import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.model.call import CallRecord
from evalgate.model.serving import Mark, SamplingRules
from evalgate.runtime.call import Call, Outcome
from evalgate.runtime.ending import Ending
from evalgate.runtime.spooling import Spooling
from tests.unit.runtime.calls import SERVING, a_call
from tests.unit.runtime.desks import Notes
from tests.unit.runtime.test_telling import SERVED


class Span:
    """A span that notes how it ended."""

    def __init__(self) -> None:
        self.ended: list[CallRecord] = []

    @property
    def trace_id(self) -> str:
        return "0" * 32

    def current(self) -> "nullcontext[None]":
        return nullcontext()

    def end(self, record: CallRecord) -> None:
        self.ended.append(record)


def end(call: Call, outcome: Outcome) -> tuple[CallRecord, Notes]:
    log = Notes()
    spooling = Spooling(lambda _: None)
    ending = Ending(log=log, spooling=spooling, price_rev="2026-11", app_rev="r1", sdk="sdk/1")
    return ending.end(call, outcome), log


def sampled(rate: float, *, spool: str = "", slow_after: float | None = None) -> Call:
    rules = SamplingRules(rate=rate, raised={Mark.SLOW: 1.0}, spool=spool)
    call = a_call(began=time.monotonic() - 2.0)
    return replace(call, terms=replace(call.terms, sampling=rules, slow_after=slow_after))


def test_what_is_returned_is_what_stands_in_the_log_and_in_the_span() -> None:
    span = Span()
    told, log = end(a_call(span=span), SERVED)
    assert log.entries == [told] == span.ended
    assert (told.cost_usd, told.price_rev, told.app_rev) == (0.002, "2026-11", "r1")
    assert told.sdk == "sdk/1"
    assert told.trace_id == "0" * 32


def test_the_time_of_a_call_is_that_from_its_beginning() -> None:
    told, _ = end(a_call(began=time.monotonic() - 2.0), SERVED)
    assert 2000 <= told.latency_ms < 3000


def test_a_call_that_is_not_chosen_has_no_probability() -> None:
    assert end(sampled(0.0), SERVED)[0].sampled is None


def test_a_chosen_call_has_its_probability_in_the_log() -> None:
    told, log = end(sampled(1.0), SERVED)
    assert told.sampled == 1.0
    assert log.entries == [told]


def test_a_slow_call_is_one_that_took_longer_than_the_settings_say() -> None:
    assert end(sampled(0.0, slow_after=1.0), SERVED)[0].sampled == 1.0
    assert end(sampled(0.0, slow_after=5.0), SERVED)[0].sampled is None
    assert end(sampled(0.0), SERVED)[0].sampled is None


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_only_chosen_calls_reach_the_spool(tmp_path: Path, rate: float) -> None:
    spooling = Spooling(lambda _: None)
    ending = Ending(log=Notes(), spooling=spooling, price_rev="")
    ending.end(sampled(rate, spool=str(tmp_path / "samples")), SERVED)
    spooling.close()
    assert len(list(tmp_path.glob("samples/*.jsonl"))) == rate


def test_the_terms_of_a_call_hold_to_its_end() -> None:
    assert a_call().terms.sampling == SERVING.sampling
