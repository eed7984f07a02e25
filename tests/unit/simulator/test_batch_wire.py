import json
from dataclasses import replace

import pytest

from evalgate.model.document import Data
from evalgate.simulator.batch_wire import (
    MOST_REQUESTS,
    BatchItem,
    BatchState,
    read_batch,
    result_line,
    view_of,
)
from evalgate.simulator.wire import Rejection

RUNNING = BatchState(
    identity="msgbatch_1", requests=3, created=0.0, canceled=None, ended=None, tally={}
)


def refusal(*requests: object) -> str:
    refused = read_batch({"requests": json.loads(json.dumps(requests))})
    assert isinstance(refused, Rejection)
    assert (refused.status, refused.kind) == (400, "invalid_request_error")
    return refused.message


def view(state: BatchState) -> dict[str, object]:
    return view_of(state, origin="http://127.0.0.1:1")


def test_requests_are_read_and_their_parameters_left_for_later() -> None:
    requests = [{"custom_id": "a", "params": {"x": 1}}, {"custom_id": "b", "params": {}}]
    assert read_batch({"requests": json.loads(json.dumps(requests))}) == (
        BatchItem(custom_id="a", params={"x": 1}),
        BatchItem(custom_id="b", params={}),
    )


@pytest.mark.parametrize("requests", [None, [], {}, "a"])
def test_a_batch_without_requests_is_refused(requests: object) -> None:
    refused = read_batch(json.loads(json.dumps({"requests": requests})))
    assert isinstance(refused, Rejection)
    assert refused.message == "requests: expected at least one request"


def test_a_batch_has_100_000_requests_at_most() -> None:
    requests: list[Data] = [{"custom_id": "a", "params": {}}]
    refused = read_batch({"requests": requests * (MOST_REQUESTS + 1)})
    assert isinstance(refused, Rejection)
    assert refused.message == "requests: expected at most 100,000, got 100,001"
    fewer = read_batch({"requests": requests * MOST_REQUESTS})
    assert isinstance(fewer, Rejection)
    assert fewer.message.startswith("requests.1.custom_id")


@pytest.mark.parametrize("name", ["", "a b", "case/1", "ä", "a\n", "x" * 65, 7, None])
def test_a_custom_id_is_a_short_word(name: object) -> None:
    good = {"custom_id": "x" * 64, "params": {}}
    told = refusal(good, {"custom_id": name, "params": {}})
    assert told == "requests.1.custom_id: expected a text like [a-zA-Z0-9_-]{1,64}"


def test_a_custom_id_is_unique() -> None:
    item = {"custom_id": "a", "params": {}}
    assert refusal(item, item).startswith("requests.1.custom_id: `a` is taken")


@pytest.mark.parametrize("item", [{"custom_id": "a"}, {"custom_id": "a", "params": []}])
def test_a_request_has_parameters(item: object) -> None:
    assert refusal(item) == "requests.0.params: expected an object"


def test_a_request_that_is_no_object_is_refused() -> None:
    assert refusal(1).startswith("requests.0.custom_id")


def test_a_batch_in_progress_counts_nothing_but_what_is_processing() -> None:
    shown = view(replace(RUNNING, tally={"succeeded": 2}))
    assert shown["processing_status"] == "in_progress"
    assert shown["request_counts"] == {
        "processing": 3,
        "succeeded": 0,
        "errored": 0,
        "canceled": 0,
        "expired": 0,
    }
    assert (shown["ended_at"], shown["results_url"]) == (None, None)
    assert shown["expires_at"] == "1970-01-02T00:00:00Z"


def test_a_batch_that_has_ended_tells_what_became_of_its_requests_and_where_they_are() -> None:
    shown = view(replace(RUNNING, ended=5.0, tally={"succeeded": 2, "expired": 1}))
    assert shown["processing_status"] == "ended"
    assert shown["request_counts"] == {
        "processing": 0,
        "succeeded": 2,
        "errored": 0,
        "canceled": 0,
        "expired": 1,
    }
    assert shown["ended_at"] == "1970-01-01T00:00:05Z"
    url = "http://127.0.0.1:1/v1/messages/batches/msgbatch_1/results"
    assert shown["results_url"] == url


def test_a_canceled_batch_is_canceling_until_it_has_ended() -> None:
    shown = view(replace(RUNNING, canceled=1.0))
    assert (shown["processing_status"], shown["cancel_initiated_at"]) == (
        "canceling",
        "1970-01-01T00:00:01Z",
    )


def test_a_result_is_one_line() -> None:
    line = result_line("a", {"type": "succeeded", "message": {"text": "two\nlines"}})
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert json.loads(line)["result"]["message"]["text"] == "two\nlines"
