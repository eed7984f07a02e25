"""Facts about the option that names a fault."""

import re
from argparse import ArgumentTypeError

import pytest
from inline_snapshot import snapshot

from evalgate.cli.fault_option import read_fault_option
from evalgate.model.route import Provider
from evalgate.simulator.fault_rules import Calls, Fault, FaultKind


def test_pairs_make_a_fault() -> None:
    text = "kind=overloaded,provider=direct,from=10,until=40.5,share=0.5,first_attempts=2,for=judge"
    assert read_fault_option(text) == Fault(
        kind=FaultKind.OVERLOADED,
        provider=Provider.DIRECT,
        start=10.0,
        end=40.5,
        share=0.5,
        first_attempts=2,
        calls=Calls.JUDGE,
    )


def test_a_pattern_may_hold_commas_and_equals_signs() -> None:
    fault = read_fault_option("kind=cut,model=haiku|a{1,2}=,seconds=1")
    assert fault.model == re.compile("haiku|a{1,2}=")
    assert fault.seconds == 1.0


def told(text: str) -> str:
    with pytest.raises(ArgumentTypeError) as caught:
        read_fault_option(text)
    return str(caught.value)


def test_what_is_wrong_is_told_by_its_key() -> None:
    wrong = ["", "overloaded", "kind=overlaoded", "from=1", "kind=cut,from=soon,until=x"]
    assert [told(text) for text in wrong] == snapshot(
        [
            "expected KEY=VALUE, got ''",
            "expected KEY=VALUE, got 'overloaded'",
            (
                "kind: expected one of rate_limit, spend_limit, overloaded, server_error, timeout, "
                "bad_key, html, broken_json, wrong_model, dropped, cut, slow, slow_stream, stall, "
                "stream_error, stream_end, batch_expired, truncated, refused, nonsense_judge; got "
                "`overlaoded` (did you mean `overloaded`?)"
            ),
            "the key `kind` is missing",
            (
                "from: expected a number from 0 to 86400, got `soon`; "
                "until: expected a number from 0 to 86400, got `x`"
            ),
        ]
    )
    assert told("kind=cut,kind=html") == snapshot("the key 'kind' is given twice")
    assert told("kind=cut,first_attempts=1.5,share=nan") == snapshot(
        "first_attempts: expected a whole number from 1 to 1000, got `1.5`; "
        "share: expected a number from 0 to 1, got the number nan"
    )
