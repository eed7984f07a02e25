"""The wire format of Message Batches: reads what is ordered, and writes what became of it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.simulator.limits import instant
from evalgate.simulator.wire import Rejection, invalid

MOST_REQUESTS = 100_000
"""The API's limit on the requests of one batch."""

LARGEST_BATCH = 256 * 1024**2
"""The API's limit on the body that creates a batch, in bytes."""

CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a request of a batch may be called."""

RESULTS = ("succeeded", "errored", "canceled", "expired")
"""What can become of a request."""

_EXPIRY = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One request of a batch; `params` are those of a message, and not looked at yet."""

    custom_id: str
    params: dict[str, Data]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """Where a batch stands. Instants are in seconds since 1970, None for what has not happened.

    `tally` says of how many requests became what; it is empty until the batch has ended.
    """

    identity: str
    requests: int
    created: float
    canceled: float | None
    ended: float | None
    tally: Mapping[str, int]


def read_batch(data: Mapping[str, Data]) -> tuple[BatchItem, ...] | Rejection:
    """Return the requests of a batch, or the first problem of their list.

    As with the API, parameters that are wrong come out as errors in the results.
    """
    listed = data.get("requests")
    if not isinstance(listed, list) or not listed:
        return invalid("requests: expected at least one request")
    if len(listed) > MOST_REQUESTS:
        return invalid(f"requests: expected at most {MOST_REQUESTS:,}, got {len(listed):,}")
    problem = next(_problems(listed), None)
    return tuple(_items(listed)) if problem is None else invalid(problem)


def view_of(state: BatchState, *, origin: str) -> dict[str, object]:
    """Return a batch as the API shows it; its results are under the origin."""
    ended = state.ended is not None
    counts = {kind: state.tally.get(kind, 0) if ended else 0 for kind in RESULTS}
    here = f"{origin}/v1/messages/batches/{state.identity}"
    return {
        "id": state.identity,
        "type": "message_batch",
        "processing_status": _status(state),
        "request_counts": {"processing": 0 if ended else state.requests, **counts},
        "created_at": instant(state.created),
        "expires_at": instant(state.created + _EXPIRY),
        "cancel_initiated_at": _instant(state.canceled),
        "ended_at": _instant(state.ended),
        "archived_at": None,
        "results_url": f"{here}/results" if ended else None,
    }


def result_line(custom_id: str, result: Mapping[str, object]) -> bytes:
    """Return a line of the results."""
    line = json.dumps({"custom_id": custom_id, "result": result}, separators=(",", ":"))
    return line.encode() + b"\n"


def _problems(listed: Sequence[Data]) -> Iterator[str]:
    names: set[str] = set()
    for index, item in enumerate(listed):
        fields = item if isinstance(item, dict) else {}
        name = fields.get("custom_id")
        if not isinstance(name, str) or not CUSTOM_ID.fullmatch(name):
            yield f"requests.{index}.custom_id: expected a text like {CUSTOM_ID.pattern}"
        elif name in names:
            yield f"requests.{index}.custom_id: `{name}` is taken: it must be unique in its batch"
        elif not isinstance(fields.get("params"), dict):
            yield f"requests.{index}.params: expected an object"
        else:
            names.add(name)


def _items(listed: Sequence[Data]) -> Iterator[BatchItem]:
    for item in listed:
        if isinstance(item, dict) and isinstance(item["params"], dict):
            yield BatchItem(custom_id=str(item["custom_id"]), params=item["params"])


def _status(state: BatchState) -> str:
    if state.ended is not None:
        return "ended"
    return "in_progress" if state.canceled is None else "canceling"


def _instant(second: float | None) -> str | None:
    return None if second is None else instant(second)
