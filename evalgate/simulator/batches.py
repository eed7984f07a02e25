"""Message Batches, kept in memory: ordered, worked off after a while, listed, canceled, fetched."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalgate.simulator.actor import Actor, Outcome
from evalgate.simulator.batch_wire import (
    BatchItem,
    BatchState,
    read_batch,
    result_line,
    view_of,
)
from evalgate.simulator.draw import digest
from evalgate.simulator.exchange import Incoming, Outgoing
from evalgate.simulator.fault_rules import FaultKind
from evalgate.simulator.faults import Circumstances, Surface
from evalgate.simulator.response import REJECTIONS, carrying, error_of, message_of, rejected
from evalgate.simulator.routing import Endpoint
from evalgate.simulator.wire import Rejection, invalid, read_body, read_request

DEFAULT_SECONDS = 1.0
"""How long batches take where nobody says it."""

PAGE = 20
"""Batches in a list when the client names no number."""

MOST_LISTED = 1000

AT_ONCE = 50
"""Requests that are worked off before others may call the server again."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """A batch in memory. `waiting` are the requests that are still to be worked off."""

    identity: str
    requests: int
    created: float
    ends: float
    waiting: list[BatchItem]
    canceled: float | None = None
    lines: list[bytes] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def state(self, now: float) -> BatchState:
        """Return where the batch stands at an instant."""
        return BatchState(
            identity=self.identity,
            requests=self.requests,
            created=self.created,
            canceled=self.canceled,
            ended=self.ends if now >= self.ends else None,
            tally=self.tally,
        )


class Batches:
    """The Message Batches API.

    A batch ends so many seconds after its creation; its requests are answered when someone asks
    after it from then on.

    Args:
        actor: plays the model.
        counts: gains one `batches` for each that is created, and one `rejected` for each call, or
            request of a batch, that is wrong.
        seconds: how long batches take.
    """

    def __init__(self, actor: Actor, *, counts: Counter[str], seconds: float) -> None:
        self._actor = actor
        self._counts = counts
        self._seconds = seconds
        self._batches: dict[str, Batch] = {}

    async def serve(self, endpoint: Endpoint, call: Incoming) -> Outgoing:
        """Answer a call of one of the endpoints of batches."""
        if endpoint is Endpoint.BATCH_CREATE:
            return await self._create(call)
        if endpoint is Endpoint.BATCH_LIST:
            return await self._list(call)
        batch = self._batches.get(call.names.get("batch", ""))
        if batch is None:
            return self._missing("no such batch", call)
        if endpoint is Endpoint.BATCH_CANCEL:
            return await self._cancel(batch, call)
        if endpoint is Endpoint.BATCH_RESULTS:
            return await self._results(batch, call)
        return await self._shown(batch, call)

    async def _create(self, call: Incoming) -> Outgoing:
        data = read_body(call.body)
        items = data if isinstance(data, Rejection) else read_batch(data)
        if isinstance(items, Rejection):
            return self._refused(items, call)
        self._counts["batches"] += 1
        # Equal bodies make batches of their own.
        identity = f"msgbatch_{digest(call.key, str(len(self._batches)))[:24]}"
        batch = Batch(
            identity=identity,
            requests=len(items),
            created=call.now,
            ends=call.now + self._seconds,
            waiting=_shuffled(items, identity),
        )
        self._batches[identity] = batch
        return await self._shown(batch, call)

    async def _list(self, call: Incoming) -> Outgoing:
        page = _page([*reversed(self._batches)], call.query)
        if isinstance(page, Rejection):
            return self._refused(page, call)
        identities, has_more = page
        listed = [await self._view(self._batches[each], call) for each in identities]
        shown = {
            "data": listed,
            "has_more": has_more,
            "first_id": identities[0] if identities else None,
            "last_id": identities[-1] if identities else None,
        }
        return Outgoing(response=carrying(shown, key=call.key))

    async def _cancel(self, batch: Batch, call: Incoming) -> Outgoing:
        """Cancel what has not ended; no request of it will have been answered."""
        if call.now >= batch.ends:
            problem = invalid(f"batch {batch.identity} has ended and cannot be canceled")
            return self._refused(problem, call)
        if batch.canceled is None:
            batch.canceled = call.now
        return await self._shown(batch, call)

    async def _results(self, batch: Batch, call: Incoming) -> Outgoing:
        if call.now < batch.ends:
            return self._missing("the batch has no results until it has ended", call)
        await self._work_off(batch)
        response = carrying(None, key=call.key)
        headers = {**response.headers, "content-type": "application/x-jsonl"}
        return Outgoing(response=replace(response, headers=headers, body=b"".join(batch.lines)))

    async def _shown(self, batch: Batch, call: Incoming) -> Outgoing:
        return Outgoing(response=carrying(await self._view(batch, call), key=call.key))

    async def _view(self, batch: Batch, call: Incoming) -> dict[str, object]:
        if call.now >= batch.ends:
            await self._work_off(batch)
        return view_of(batch.state(call.now), origin=call.origin)

    async def _work_off(self, batch: Batch) -> None:
        """Answer what is waiting; several may do so at once, and each request is answered once."""
        while batch.waiting:
            for item in batch.waiting[-AT_ONCE:]:
                result = self._result(batch, item)
                batch.tally[str(result["type"])] += 1
                batch.lines.append(result_line(item.custom_id, result))
            del batch.waiting[-AT_ONCE:]
            await asyncio.sleep(0)

    def _result(self, batch: Batch, item: BatchItem) -> dict[str, object]:
        if batch.canceled is not None:
            return {"type": "canceled"}
        key = digest(batch.identity, item.custom_id)[:24]
        request = read_request(item.params, trial=item.custom_id)
        if not isinstance(request, Rejection) and item.params.get("stream"):
            request = invalid("stream: a request in a batch cannot be streamed")
        if isinstance(request, Rejection):
            self._counts["rejected"] += 1
            return _errored(request, key)
        came = Circumstances(surface=Surface.BATCH, now=batch.ends)
        return _result_of(self._actor.play(request, key=key, came=came), key)

    def _refused(self, rejection: Rejection, call: Incoming) -> Outgoing:
        self._counts["rejected"] += 1
        return Outgoing(response=rejected(rejection, key=call.key))

    def _missing(self, message: str, call: Incoming) -> Outgoing:
        return self._refused(Rejection(status=404, kind="not_found_error", message=message), call)


def _result_of(outcome: Outcome, key: str) -> dict[str, object]:
    if outcome.kind is FaultKind.BATCH_EXPIRED:
        return {"type": "expired"}
    if outcome.kind is not None and outcome.kind in REJECTIONS:
        return _errored(REJECTIONS[outcome.kind], key)
    message = message_of(outcome.reply, model=outcome.model, key=key, tier="batch")
    return {"type": "succeeded", "message": message}


def _errored(rejection: Rejection, key: str) -> dict[str, object]:
    return {"type": "errored", "error": error_of(rejection, key=key)}


def _shuffled(items: Sequence[BatchItem], identity: str) -> list[BatchItem]:
    """Return requests in an order that has nothing to do with the one they came in."""
    return sorted(items, key=lambda item: digest(identity, item.custom_id))


def _page(
    newest_first: Sequence[str], query: Mapping[str, str]
) -> tuple[Sequence[str], bool] | Rejection:
    """Return the batches of one page of the list, and whether more follow in its direction."""
    limit = _limit(query.get("limit", ""))
    if limit is None:
        return invalid(f"limit: expected a whole number from 1 to {MOST_LISTED}")
    cursor = query.get("after_id") or query.get("before_id")
    if cursor is not None and cursor not in newest_first:
        return invalid("after_id, before_id: expected the id of a batch")
    if query.get("before_id") and cursor is not None:
        end = newest_first.index(cursor)
        start = max(0, end - limit)
        return newest_first[start:end], start > 0
    start = 0 if cursor is None else newest_first.index(cursor) + 1
    return newest_first[start : start + limit], start + limit < len(newest_first)


def _limit(text: str) -> int | None:
    if not text:
        return PAGE
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return number if 1 <= number <= MOST_LISTED else None
