"""Connects to a Dask cluster and finds out, before anything is paid, whether its workers fit."""

import asyncio
import re
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar, cast
from uuid import uuid4

import distributed
from distributed.client import ClosedClientError

from evalgate.adapters.cluster_worker import ClaudeLink, Greeting, greet, versions
from evalgate.errors import UsageError

ADDRESS = re.compile(r"[a-z][a-z0-9+]*://[^\s/]+:\d+")
CONNECT_SECONDS = 10.0
MOST_SECONDS = 60.0
"""What the workers may take together to say who they are, and to open or close their clients."""

ECHO_SECONDS = 0.5
TOPIC = "all"
"""Where Dask's scheduler tells that workers come and go."""

CLOSED = (ClosedClientError, OSError, RuntimeError)
"""What Dask's executor raises when the client has been closed meanwhile."""

SHOWN = 5
LONGEST_REASON = 200

Result = TypeVar("Result")


class ClusterExecutor(Protocol):
    """Dask's `concurrent.futures.Executor`, with what it takes beyond the standard library's."""

    def submit(
        self,
        function: Callable[..., Awaitable[Result]],
        *arguments: object,
        key: str,
        workers: Sequence[str],
        pure: bool,
    ) -> Future[Result]:
        """Run a function on one of the named workers.

        Args:
            function: a coroutine function, which runs on the worker's event loop.
            arguments: are sent as pickles.
            key: the name of the task in the cluster.
            workers: the addresses of the workers that may run it.
            pure: whether equal calls are one call.
        """
        ...


class Cluster(Protocol):
    """The part of Dask's client that evalgate uses; it keeps an event loop in its own thread."""

    status: str

    def get_executor(self) -> ClusterExecutor:
        """Return what runs functions on workers."""
        ...

    def run(
        self, function: Callable[..., Awaitable[Result]], *, on_error: str
    ) -> Mapping[str, Result | BaseException]:
        """Run a function on each worker outside of any task; `return` hands errors back."""
        ...

    def wait_for_workers(self, n_workers: int, timeout: float) -> None:
        """Return when so many workers have joined, or raise TimeoutError."""
        ...

    def register_plugin(self, plugin: ClaudeLink, name: str) -> object:
        """Set a plugin up on each worker that is there or comes later."""
        ...

    def unregister_worker_plugin(self, name: str) -> object:
        """Take a plugin from all workers."""
        ...

    def subscribe_topic(
        self, topic: str, handler: Callable[[tuple[float, Mapping[str, object]]], None]
    ) -> None:
        """Call a function, in the client's thread, for each event of the scheduler."""
        ...

    def log_event(self, topic: str, msg: str) -> object:
        """Tell the scheduler's subscribers of a topic; returns once it has been told."""
        ...

    def unsubscribe_topic(self, topic: str) -> None:
        """Take no more events."""
        ...

    def close(self, timeout: float) -> None:
        """Leave the cluster."""
        ...


async def connect(address: str, *, patience: float) -> Cluster:
    """Return a client of the scheduler at an address, once it has a worker.

    Args:
        address: such as `tcp://10.0.0.5:8786`.
        patience: seconds that the first worker may take to join.

    Raises:
        UsageError: there is no scheduler, it speaks another version, or it has no worker.
    """
    if not ADDRESS.fullmatch(address):
        raise UsageError(
            f"{shown(address)} is no address of a Dask scheduler: expected tcp://HOST:PORT or "
            "tls://HOST:PORT, as `dask scheduler` prints it"
        )
    # Versions are compared below, with a message that says what to do.
    warnings.filterwarnings("ignore", r"(?s).*Mismatched versions found")
    warnings.filterwarnings("ignore", r"(?s)Sending large graph")
    client = await attempted(_client, address)
    if isinstance(client, BaseException):
        raise UsageError(
            f"no Dask scheduler could be reached at {address} ({reason(client)}); start one with "
            "`dask scheduler`, and check address, network and TLS settings"
        )
    waited = await attempted(client.wait_for_workers, 1, min(patience, MOST_SECONDS / 2))
    if isinstance(waited, BaseException):
        await attempted(client.close, CONNECT_SECONDS)
        raise UsageError(
            f"the Dask cluster at {address} has no worker; start one with "
            f"`dask worker {address}` where evalgate is installed"
        )
    return client


def check_workers(told: Mapping[str, Greeting | BaseException], *, has_server: bool) -> None:
    """Raise UsageError when a worker could not serve the run.

    Args:
        told: what each worker said of itself, or why it could not, by its address.
        has_server: whether the head names the server that the workers are to call.
    """
    faults = [
        f"{address}: {fault}"
        for address, greeting in sorted(told.items())
        for fault in worker_faults(greeting, has_server=has_server)
    ]
    if faults:
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        lines = "\n  ".join(faults[:SHOWN] + more)
        raise UsageError(f"the workers of the Dask cluster do not fit this run:\n  {lines}")


def worker_faults(greeting: Greeting | BaseException, *, has_server: bool) -> Iterator[str]:
    """Yield what keeps a worker from serving, as sentences."""
    if isinstance(greeting, BaseException):
        yield (
            f"evalgate does not run there ({reason(greeting)}); scheduler and workers need "
            "`pip install '.[cluster]'` in the version of this machine"
        )
        return
    here = versions()
    for name in sorted(here.keys() | greeting.versions.keys()):
        mine, theirs = here.get(name, "none"), greeting.versions.get(name, "none")
        if mine != theirs:
            yield f"{name} is {theirs} there and {mine} here; install the same version"
    if not (greeting.has_key or greeting.has_server or has_server):
        yield "set ANTHROPIC_API_KEY in the environment that the worker is started with"


async def greetings(client: Cluster) -> Mapping[str, Greeting | BaseException]:
    """Return what each worker says of itself, or why it cannot, by its address.

    This is no task, because a worker that cannot read a task shuts down.

    Raises:
        UsageError: a worker gives no sign.
    """
    told = await attempted(partial(client.run, greet, on_error="return"))
    if isinstance(told, BaseException):
        raise UsageError(f"the workers of the Dask cluster do not answer ({reason(told)})")
    return told


async def listen(
    client: Cluster, hear: Callable[[tuple[float, Mapping[str, object]]], None]
) -> None:
    """Have each event of the workers' coming and going told, from the return of this on.

    A subscription travels apart from questions, and may reach the scheduler after one that is asked
    later: a worker that joins in between would stay unknown for good. So a word of our own goes
    out until it is heard, by a second subscription that follows the first on its way.

    Args:
        client: of the cluster.
        hear: is called in the thread of Dask's client.

    Raises:
        UsageError: the scheduler gives no sign.
    """
    own = f"evalgate-{uuid4().hex}"
    heard, loop = asyncio.Event(), asyncio.get_running_loop()
    client.subscribe_topic(TOPIC, hear)
    client.subscribe_topic(own, lambda _: _wake(loop, heard))
    try:
        async with asyncio.timeout(MOST_SECONDS):
            while not heard.is_set():
                await attempted(client.log_event, own, "heard?")
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), ECHO_SECONDS)
    except TimeoutError as error:
        raise UsageError("the scheduler of the Dask cluster does not answer") from error
    client.unsubscribe_topic(own)


async def attempted(
    function: Callable[..., Result], *arguments: object, within: float = MOST_SECONDS
) -> Result | BaseException:
    """Return what a blocking function of Dask returns, or what it raises, which may be anything.

    Args:
        function: is called in a thread.
        arguments: of the function.
        within: seconds to wait; what has not ended by then ends when the client is closed.
    """
    thread = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    await asyncio.wait({thread}, timeout=within)
    if not thread.done():
        # Nobody waits for its error, which asyncio would otherwise complain of.
        thread.add_done_callback(lambda late: late.cancelled() or late.exception())
        return TimeoutError(f"nothing within {within:g} s")
    return thread.exception() or thread.result()


def _wake(loop: asyncio.AbstractEventLoop, heard: asyncio.Event) -> None:
    loop.call_soon_threadsafe(heard.set)


def reason(error: BaseException) -> str:
    """Return an exception as one short printable line."""
    deepest = error.__cause__ or error
    return shown(f"{type(deepest).__name__}: {deepest}")


def shown(text: str) -> str:
    """Return a text as one short printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:10_000]).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def _client(address: str) -> Cluster:
    # Dask does not type its constructor.
    connected = cast("Callable[..., Cluster]", distributed.Client)
    return connected(address, timeout=CONNECT_SECONDS, set_as_default=False, name="evalgate")
