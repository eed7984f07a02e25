import json
from collections import Counter
from dataclasses import replace

import pytest

from evalgate.simulator.actor import Actor
from evalgate.simulator.exchange import Incoming, Line, Outgoing
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.limits import Limits, Meter
from evalgate.simulator.messages import Messages
from evalgate.simulator.rules import Behaviour, Rules

KEY = "0123456789abcdef01234567"
START = 1_800_000_000.0
RULES = Rules(path="r", behaviours=(Behaviour(name="a", says="12345678"),))
REJECTED = {
    FaultKind.RATE_LIMIT: 429,
    FaultKind.SPEND_LIMIT: 429,
    FaultKind.OVERLOADED: 529,
    FaultKind.SERVER_ERROR: 500,
    FaultKind.TIMEOUT: 504,
    FaultKind.BAD_KEY: 401,
}


def messages(*faults: Fault, limits: Limits | None = None) -> tuple[Messages, Counter[str]]:
    counts: Counter[str] = Counter()
    actor = Actor([replace(RULES, faults=faults)], counts=counts)
    meter = Meter(limits or Limits(), now=START)
    return Messages(actor, meter, counts=counts, latency=0.25), counts


def call(now: float = START, **changes: object) -> Incoming:
    message = {"role": "user", "content": "x" * 40}
    whole = {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": [message]}
    body = json.dumps({key: value for key, value in (whole | changes).items() if value}).encode()
    return Incoming(body=body, key=KEY, now=now)


def answer(kind: FaultKind, *, stream: bool = False) -> Outgoing:
    return messages(Fault(kind=kind, seconds=3))[0].answer(call(stream=stream))


def test_an_answer_comes_whole_after_the_latency_and_costs_its_output() -> None:
    sent = messages()[0].answer(call())
    assert json.loads(sent.response.body)["content"][0]["text"] == "12345678"
    assert (sent.seconds, sent.pieces, sent.line) == (0.25, None, Line.WHOLE)
    assert sent.output_tokens == 2


def test_a_stream_comes_in_pieces_and_costs_the_same() -> None:
    sent = messages()[0].answer(call(stream=True))
    last = (sent.pieces or (b"",))[-1]
    assert isinstance(last, bytes)
    assert last.startswith(b"event: message_stop")
    assert (sent.response.body, sent.seconds, sent.output_tokens) == (b"", 0.25, 2)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", REJECTED)
def test_an_error_of_the_service_comes_whole_and_costs_no_output(
    kind: FaultKind, stream: bool
) -> None:
    sent = answer(kind, stream=stream)
    assert sent.response.status == REJECTED[kind]
    assert (sent.pieces, sent.output_tokens) == (None, 0)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("kind", "line", "seconds"),
    [
        (FaultKind.CUT, Line.CUT, 0.25),
        (FaultKind.DROPPED, Line.DROPPED, 0.25),
        (FaultKind.SLOW, Line.WHOLE, 3.25),
    ],
)
def test_a_fault_of_the_line_costs_what_the_answer_does(
    kind: FaultKind, line: Line, seconds: float, stream: bool
) -> None:
    sent = answer(kind, stream=stream)
    assert (sent.line, sent.seconds, sent.output_tokens) == (line, seconds, 2)


def test_a_wrong_request_is_refused_at_once_and_has_no_part_in_the_limits() -> None:
    answering, counts = messages()
    for wrong in (Incoming(body=b"{", key=KEY), call(model="gpt-7")):
        sent = answering.answer(wrong)
        assert sent.response.status in {400, 404}
        assert (sent.seconds, sent.output_tokens) == (0.0, None)
    assert counts == {"rejected": 2}


def test_a_request_over_the_limit_is_told_when_to_come_again_and_answered_then() -> None:
    answering, counts = messages(limits=Limits(input_tokens_per_minute=15))
    sent = [answering.answer(call(now=START + second)) for second in (0, 0, 19, 20)]
    assert [each.response.status for each in sent] == [200, 429, 429, 200]
    assert [each.response.headers.get("retry-after") for each in sent] == [None, "20", "1", None]
    assert (sent[1].seconds, sent[1].output_tokens) == (0.0, 0)
    assert counts == {"limited": 2, "answers": 2}


def test_a_count_is_what_the_usage_of_an_answer_says() -> None:
    answering, counts = messages()
    tool = {"name": "get", "description": "d" * 40, "input_schema": {"type": "object"}}
    asked = call(tools=[tool], system="s" * 40)
    unlimited = call(tools=[tool], system="s" * 40, max_tokens=None)
    counted = json.loads(answering.count(unlimited).response.body)
    usage = json.loads(answering.answer(asked).response.body)["usage"]
    assert counted == {"input_tokens": usage["input_tokens"]}
    assert counted["input_tokens"] > 30
    assert counts == {"token_counts": 1, "answers": 1}


def test_a_count_is_free_of_latency_and_limits() -> None:
    answering, _ = messages(limits=Limits(requests_per_minute=1, burst=0.001))
    sent = [answering.count(call()) for _ in range(3)]
    assert [each.response.status for each in sent] == [200] * 3
    assert {(each.seconds, each.output_tokens) for each in sent} == {(0.0, None)}


def test_what_cannot_be_sent_cannot_be_counted() -> None:
    answering, counts = messages()
    assert answering.count(Incoming(body=b"[]", key=KEY)).response.status == 400
    assert answering.count(call(messages=[{"role": "user"}])).response.status == 400
    assert counts == {"rejected": 2}
