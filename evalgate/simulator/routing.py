"""The table of the paths that the simulator serves, and what a call of any other gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.simulator.wire import Rejection


class Endpoint(StrEnum):
    """What the server can be asked to do."""

    MESSAGE = "message"
    COUNT_TOKENS = "count_tokens"
    BATCH_CREATE = "batch_create"
    BATCH_LIST = "batch_list"
    BATCH_RETRIEVE = "batch_retrieve"
    BATCH_CANCEL = "batch_cancel"
    BATCH_RESULTS = "batch_results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The endpoint of a call; `names` are the parts of the path that its pattern names."""

    endpoint: Endpoint
    names: Mapping[str, str] = field(default_factory=dict)


_BATCH = r"/v1/messages/batches/(?P<batch>[A-Za-z0-9_-]+)"

ROUTES: tuple[tuple[str, re.Pattern[str], Endpoint], ...] = (
    ("POST", re.compile(r"/v1/messages"), Endpoint.MESSAGE),
    ("POST", re.compile(r"/v1/messages/count_tokens"), Endpoint.COUNT_TOKENS),
    ("POST", re.compile(r"/v1/messages/batches"), Endpoint.BATCH_CREATE),
    ("GET", re.compile(r"/v1/messages/batches"), Endpoint.BATCH_LIST),
    ("GET", re.compile(_BATCH), Endpoint.BATCH_RETRIEVE),
    ("POST", re.compile(rf"{_BATCH}/cancel"), Endpoint.BATCH_CANCEL),
    ("GET", re.compile(rf"{_BATCH}/results"), Endpoint.BATCH_RESULTS),
)
"""Method, whole path and endpoint; the first row that fits is taken."""


def route(method: str, path: str) -> Matched | Rejection:
    """Return the endpoint of a call, or a 404 for the path or a 405 for the method."""
    known = False
    for verb, pattern, endpoint in ROUTES:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        if verb == method:
            return Matched(endpoint=endpoint, names=found.groupdict())
        known = True
    if known:
        return Rejection(status=405, kind="invalid_request_error", message="Method Not Allowed")
    return Rejection(status=404, kind="not_found_error", message="Not Found")
