import pytest

from evalgate.simulator.routing import ROUTES, Endpoint, Matched, route
from evalgate.simulator.wire import Rejection

BATCHES = "/v1/messages/batches"
CALLS = (
    ("POST", "/v1/messages", Endpoint.MESSAGE),
    ("POST", "/v1/messages/count_tokens", Endpoint.COUNT_TOKENS),
    ("POST", BATCHES, Endpoint.BATCH_CREATE),
    ("GET", BATCHES, Endpoint.BATCH_LIST),
    ("GET", f"{BATCHES}/msgbatch_1", Endpoint.BATCH_RETRIEVE),
    ("POST", f"{BATCHES}/msgbatch_1/cancel", Endpoint.BATCH_CANCEL),
    ("GET", f"{BATCHES}/msgbatch_1/results", Endpoint.BATCH_RESULTS),
)


@pytest.mark.parametrize(("method", "path", "endpoint"), CALLS)
def test_a_call_reaches_its_endpoint(method: str, path: str, endpoint: Endpoint) -> None:
    matched = route(method, path)
    assert isinstance(matched, Matched)
    assert matched.endpoint is endpoint


def test_every_row_of_the_table_is_reached() -> None:
    assert [row[2] for row in ROUTES] == [call[2] for call in CALLS] == [*Endpoint]


def test_what_a_pattern_names_is_handed_on() -> None:
    matched = route("GET", f"{BATCHES}/msgbatch_1/results")
    assert isinstance(matched, Matched)
    assert matched.names == {"batch": "msgbatch_1"}


@pytest.mark.parametrize(
    "path",
    ["/", "/v1/messages/", "/v1/messages\n", "/v2/messages", f"{BATCHES}/", f"{BATCHES}/a/b"],
)
def test_another_path_is_not_found(path: str) -> None:
    refused = route("POST", path)
    assert isinstance(refused, Rejection)
    assert (refused.status, refused.kind) == (404, "not_found_error")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/messages"), ("DELETE", f"{BATCHES}/a"), ("POST", f"{BATCHES}/a/results")],
)
def test_another_method_of_a_known_path_is_not_allowed(method: str, path: str) -> None:
    refused = route(method, path)
    assert isinstance(refused, Rejection)
    assert (refused.status, refused.kind) == (405, "invalid_request_error")
