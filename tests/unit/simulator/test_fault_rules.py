"""Facts about how faults are written down."""

import re

import pytest
from inline_snapshot import snapshot

from evalgate.errors import ConfigurationError
from evalgate.model.document import Data
from evalgate.model.route import Provider
from evalgate.simulator.fault_rules import MOST_FAULTS, Calls, Fault, FaultKind, read_faults


def problems(data: Data) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_faults(data, origin="here")
    return [str(problem) for problem in caught.value.problems]


def test_every_key_is_read() -> None:
    whole: Data = {
        "kind": "slow_stream",
        "share": 0.5,
        "for": "answers",
        "first_attempts": 2,
        "seconds": 3,
        "between": 0.25,
        "provider": "vertex",
        "model": "hai(ku){1,2}",
        "region": "eu",
        "from": 10,
        "until": 40,
    }
    assert read_faults([whole], origin="here") == (
        Fault(
            kind=FaultKind.SLOW_STREAM,
            share=0.5,
            calls=Calls.ANSWERS,
            first_attempts=2,
            seconds=3.0,
            between=0.25,
            provider=Provider.VERTEX,
            model=re.compile("hai(ku){1,2}"),
            region="eu",
            start=10.0,
            end=40.0,
        ),
    )


def test_a_fault_alone_strikes_everywhere_and_always() -> None:
    assert read_faults([{"kind": "overloaded"}], origin="here") == (
        Fault(kind=FaultKind.OVERLOADED),
    )


def test_a_list_may_be_empty() -> None:
    assert read_faults([], origin="here") == ()


@pytest.mark.parametrize(
    ("kind", "seconds"), [("slow", 600), ("stall", 600), ("slow_stream", 10), ("rate_limit", 1)]
)
def test_what_takes_time_takes_some_unless_told_otherwise(kind: str, seconds: float) -> None:
    (fault,) = read_faults([{"kind": kind}], origin="here")
    assert (fault.seconds, fault.between) == (seconds, 0.0)


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong: Data = [
        {"kind": "overloaded", "provider": "bedrok"},
        {"kind": "overloaded", "provider": "bedrock", "region": "eu"},
        {"kind": "overloaded", "model": "("},
        {"kind": "overloaded", "model": 5},
        {"kind": "overloaded", "from": -1},
        {"kind": "overloaded", "from": 40, "until": 40},
        {"kind": "overloaded", "until": "soon"},
        {"kind": "stall", "between": 1},
        {"kind": "overloaded", "form": 1},
        "overloaded",
    ]
    assert problems(wrong) == snapshot(
        [
            (
                "here: faults[0].provider: expected one of direct, bedrock, bedrock_invoke, "
                "vertex, foundry; got `bedrok` (did you mean `bedrock`?)"
            ),
            "here: faults[1].region: only the paths of vertex name a region",
            (
                "here: faults[2].model: expected a regular expression: "
                "missing ), unterminated subpattern at position 0"
            ),
            "here: faults[3].model: expected text, got the number 5",
            "here: faults[4].from: expected a number from 0 to 86400, got the number -1",
            "here: faults[5].until: expected more than `from`, which is 40",
            "here: faults[6].until: expected a number from 0 to 86400, got `soon`",
            "here: faults[7].between: only `slow_stream` has a time between events",
            "here: faults[8].form: unknown key (did you mean `for`?)",
            "here: faults[9]: expected a mapping, got `overloaded`",
            "here: faults[9]: the key `kind` is missing",
        ]
    )


@pytest.mark.parametrize("data", [None, {}, "kind", 3, {"kind": "overloaded"}])
def test_anything_but_a_list_is_refused(data: Data) -> None:
    assert problems(data)[0] == "here: faults: expected a list"


def test_more_faults_than_anybody_needs_are_refused() -> None:
    many: Data = [{"kind": "cut"}] * (MOST_FAULTS + 1)
    assert problems(many) == ["here: faults: expected at most 1,000 faults, got 1,001"]
