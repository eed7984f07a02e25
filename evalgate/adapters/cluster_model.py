"""Claude through a Dask cluster: each call is made by a worker, while one process keeps count.

A call belongs to one worker process and to no other. When that process goes away, Dask would run
the call again without a word; here it comes back as `worker_lost`, and the retry loop, which counts
what may have been billed twice, makes it again.
"""

import asyncio
import pickle
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from uuid import uuid4

from evalgate.adapters.cluster_client import (
    CLOSED,
    TOPIC,
    Cluster,
    attempted,
    check_workers,
    connect,
    greetings,
    listen,
    reason,
    worker_faults,
)
from evalgate.adapters.cluster_roster import Arrival, Roster, Seat
from evalgate.adapters.cluster_worker import ClaudeLink, Errand, Greeting, carry_out, greet
from evalgate.errors import UsageError
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind

MARGIN = 5.0
"""Seconds that an answer may be on its way through the cluster beyond what the call may take."""

PATIENCE = 30.0
CLOSE_SECONDS = 5.0


class ClusterModel:
    """Claude behind the workers of a Dask cluster, as `evalgate.model.ports.ChatModel` asks for it.

    Use it as an asynchronous context manager. Requests carry no secret: the workers read the key
    from their own environment.
    """

    def __init__(
        self,
        *,
        address: str,
        base_url: str | None = None,
        margin: float = MARGIN,
        patience: float = PATIENCE,
    ) -> None:
        """Prepare the model; nothing is connected yet.

        Args:
            address: of the scheduler, such as `tcp://10.0.0.5:8786`.
            base_url: of the server to call; None leaves it to each worker's environment.
            margin: seconds for the way through the cluster, on top of what a call may take.
            patience: seconds that the first worker may take to join.
        """
        self._address = address
        self._base_url = base_url
        self._margin = margin
        self._patience = patience
        self._link = f"evalgate-{uuid4().hex}"
        self._roster = Roster()
        self._greeting: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._client: Cluster = await connect(self._address, patience=self._patience)
        self._executor = self._client.get_executor()
        try:
            await self._gather_workers()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._leave()

    @property
    def workers(self) -> int:
        """How many workers take calls now."""
        return len(self._roster)

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return what a worker answers, or the typed failure."""
        if self._client.status != "running":
            self._roster.leave_all(_lost(f"the connection to {self._address} broke"))
            return self._unreachable("the connection to its scheduler is lost")
        with self._roster.occupied() as seat:
            if seat is None:
                return self._unreachable("it has no worker that is ready")
            try:
                handed = self._hand_over(request, seat, within=within)
            except CLOSED as error:
                return self._unreachable(reason(error))
            return await self._arrival(handed, seat, within=within)

    async def _arrival(
        self, handed: Arrival, seat: Seat, *, within: float
    ) -> Completion | CallFailure:
        try:
            await asyncio.wait(
                {handed, seat.gone},
                timeout=within + self._margin,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if handed.done():
                return _outcome(handed, seat)
            if seat.gone.done():
                return seat.gone.result()
            seat.rests = True
            self._invite(seat.address)
            late = f"the worker {seat.address} gave no answer within {within:.3g} s"
            return CallFailure(kind=FailureKind.TIMEOUT, message=late)
        finally:
            handed.cancel()

    def _hand_over(self, request: ChatRequest, seat: Seat, *, within: float) -> Arrival:
        ticket = f"evalgate-call-{uuid4().hex}"
        errand = Errand(
            ticket=ticket,
            process=seat.process,
            link=self._link,
            request=pickle.dumps(request),
            within=within,
        )
        task = self._executor.submit(
            carry_out, errand, key=ticket, workers=[seat.address], pure=False
        )
        return asyncio.wrap_future(task)

    async def _gather_workers(self) -> None:
        await listen(self._client, self._heard)
        told = await greetings(self._client)
        check_workers(told, has_server=self._base_url is not None)
        link = ClaudeLink(self._base_url)
        failed = await attempted(self._client.register_plugin, link, self._link)
        if isinstance(failed, BaseException):
            raise UsageError(
                f"the workers of the Dask cluster could open no client ({reason(failed)})"
            )
        for address, greeting in told.items():
            self._seat(address, greeting)

    async def _greeted(self, address: str) -> Greeting | BaseException:
        """Return what a worker says of itself as soon as it does, however long that takes."""
        ticket = f"evalgate-greet-{uuid4().hex}"
        try:
            task = self._executor.submit(greet, key=ticket, workers=[address], pure=False)
        except CLOSED as error:
            return error
        said = asyncio.wrap_future(task)
        try:
            await asyncio.wait({said})
            if said.cancelled():
                return ConnectionError("the connection to the scheduler was lost")
            return said.exception() or said.result()
        finally:
            said.cancel()

    def _heard(self, event: tuple[float, Mapping[str, object]]) -> None:
        """Take an event of the scheduler, in the thread of Dask's client."""
        action, address = event[1].get("action"), event[1].get("worker")
        if isinstance(address, str) and action == "add-worker":
            self._loop.call_soon_threadsafe(self._invite, address)
        if isinstance(address, str) and action == "remove-worker":
            self._loop.call_soon_threadsafe(self._part_from, address)

    def _invite(self, address: str) -> None:
        """Ask a worker who it is, and give it calls once it has said so."""
        known = self._greeting.get(address)
        if known is None or known.done():
            self._greeting[address] = asyncio.create_task(self._admit(address))

    async def _admit(self, address: str) -> None:
        greeting = await self._greeted(address)
        if not any(worker_faults(greeting, has_server=self._base_url is not None)):
            self._seat(address, greeting)

    def _seat(self, address: str, greeting: Greeting | BaseException) -> None:
        if isinstance(greeting, Greeting):
            gone: Arrival = self._loop.create_future()
            seat = Seat(address=address, process=greeting.process, gone=gone)
            self._roster.join(seat, instead=_lost(f"the worker {address} was started again"))

    def _part_from(self, address: str) -> None:
        greeting = self._greeting.pop(address, None)
        if greeting is not None:
            greeting.cancel()
        self._roster.leave(address, _lost(f"the worker {address} went away"))

    async def _leave(self) -> None:
        for greeting in self._greeting.values():
            greeting.cancel()
        self._roster.leave_all(_lost("the run ended"))
        if self._client.status == "running":
            self._client.unsubscribe_topic(TOPIC)
            remove = self._client.unregister_worker_plugin
            await attempted(remove, self._link, within=CLOSE_SECONDS)
        await attempted(self._client.close, CLOSE_SECONDS)

    def _unreachable(self, why: str) -> CallFailure:
        message = f"the Dask cluster at {self._address} cannot be used: {why}"
        return CallFailure(kind=FailureKind.CONNECTION, message=message)


def _outcome(handed: Arrival, seat: Seat) -> Completion | CallFailure:
    if handed.cancelled():
        return _lost("the connection to the scheduler of the cluster was lost")
    error = handed.exception()
    return handed.result() if error is None else _lost(f"{seat.address} failed: {reason(error)}")


def _lost(why: str) -> CallFailure:
    message = f"{why}: the call in flight may have been billed"
    return CallFailure(kind=FailureKind.WORKER_LOST, message=message)
