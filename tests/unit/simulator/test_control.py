"""Facts about telling a running server which faults to play."""

import json

import pytest

from evalgate.simulator.control import MOST_BYTES, control_answer, read_control
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.wire import Rejection

HERE = "127.0.0.1"


def test_a_list_from_this_machine_is_taken() -> None:
    for remote in (HERE, "::1"):
        read = read_control(b'[{"kind": "cut"}]', remote=remote)
        assert read == (Fault(kind=FaultKind.CUT),)
    assert control_answer((Fault(kind=FaultKind.CUT),)).body == b'{"faults":1}\n'


@pytest.mark.parametrize("remote", ["10.0.0.1", "127.0.0.2", "", None])
def test_callers_elsewhere_are_refused(remote: str | None) -> None:
    read = read_control(b"[]", remote=remote)
    assert isinstance(read, Rejection)
    assert control_answer(read).status == 403


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "expected a JSON list of faults"),
        (b"\xff", "expected a JSON list of faults"),
        (b"[" * 100_000, "expected a JSON list of faults"),
        (b"{}", "faults: expected a list"),
        (b'[{"kind": "overlaoded"}]', "did you mean `overloaded`?"),
        (b'[{"kind": "cut", "share": NaN}, {"kind": "cut", "share": 2}]', "faults[1].share"),
        (b" " * (MOST_BYTES + 1), "expected at most 1,000,000 bytes"),
    ],
)
def test_what_is_malformed_is_refused_with_what_was_expected(body: bytes, told: str) -> None:
    answer = control_answer(read_control(body, remote=HERE))
    assert answer.status == 400
    assert told in json.loads(answer.body)["error"]["message"]
