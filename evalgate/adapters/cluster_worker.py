"""What runs on a worker of a Dask cluster: one Claude client, and the calls that it is handed."""

import asyncio
import os
import pickle
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from distributed import Worker, WorkerPlugin, get_worker
from distributed.worker_state_machine import SecedeEvent

from evalgate import __version__
from evalgate.adapters.claude import ClaudeModel
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind

NO_KEY = "none"
MOST_TICKETS = 20_000
"""How many calls a worker remembers to have made; Dask repeats one at once or never."""

LINK_SECONDS = 3.0
"""How long a worker that has just joined may take until its client is there."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Errand:
    """One call, for one process of one worker.

    `ticket` names the call and is the key of Dask's task. `process` is the only worker process that
    may make the call, `link` names the client it makes it with. `request` is a pickled
    ChatRequest: Dask looks into plain values and logs what it can read, and here it cannot.
    """

    ticket: str
    process: str
    link: str
    request: bytes
    within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a worker says of itself: which process it is, its versions, and what it can reach."""

    process: str
    versions: Mapping[str, str]
    has_key: bool
    has_server: bool


class ClaudeLink(WorkerPlugin):
    """Keeps one Claude client on a worker, and knows which calls were begun with it.

    The key, and the server's address unless it is given here, come from the worker's environment.
    """

    def __init__(self, base_url: str | None) -> None:
        self._base_url = base_url
        self._model: ClaudeModel | None = None
        self._begun: dict[str, None] = {}

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Open the client, on the event loop of the worker."""
        own_server = os.environ.get("ANTHROPIC_BASE_URL", "").strip()
        key = os.environ.get("ANTHROPIC_API_KEY", "").strip()
        self._model = ClaudeModel(
            api_key=key or NO_KEY, base_url=self._base_url or own_server or None
        )

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Close the connections."""
        if self._model is not None:
            await self._model.aclose()

    async def send_once(self, errand: Errand) -> Completion | CallFailure:
        """Make the call, unless it was begun before."""
        if self._model is None:
            return _refused("its client could not be opened")
        if errand.ticket in self._begun:
            return _lost("Dask ran the call again")
        self._begun[errand.ticket] = None
        if len(self._begun) > MOST_TICKETS:
            del self._begun[next(iter(self._begun))]
        request = pickle.loads(errand.request)  # noqa: S301 - Dask's own messages are pickles too
        return await self._model.send(_request(request), within=errand.within)


async def carry_out(errand: Errand) -> Completion | CallFailure:
    """Make one call on the worker's event loop; no thread waits for it.

    The task leaves its slot at once, so that a worker holds as many calls as it is given, however
    few threads it has.
    """
    worker = get_worker()
    worker.handle_stimulus(
        SecedeEvent(key=errand.ticket, compute_duration=0.0, stimulus_id=f"wait-{errand.ticket}")
    )
    if worker.id != errand.process:
        return _lost("Dask gave the call to a second worker")
    link = await _link(worker, errand.link)
    return _refused("it has no Claude client") if link is None else await link.send_once(errand)


async def greet(dask_worker: Worker | None = None) -> Greeting:
    """Say who this worker is; of the environment, only whether something is set.

    Args:
        dask_worker: the worker, where Dask names it; inside a task it does not.
    """
    return Greeting(
        process=(dask_worker or get_worker()).id,
        versions=versions(),
        has_key=bool(os.environ.get("ANTHROPIC_API_KEY", "").strip()),
        has_server=bool(os.environ.get("ANTHROPIC_BASE_URL", "").strip()),
    )


def versions() -> dict[str, str]:
    """Return the versions that head and workers must share."""
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {name: version(name) for name in ("anthropic", "distributed")}
    return {"python": python, "evalgate": __version__, **libraries}


async def _link(worker: Worker, name: str) -> ClaudeLink | None:
    """Return the client, for which a worker that has just joined may have to wait."""
    for _ in range(round(LINK_SECONDS / 0.05)):
        link = worker.plugins.get(name)
        if isinstance(link, ClaudeLink):
            return link
        await asyncio.sleep(0.05)
    return None


def _request(value: object) -> ChatRequest:
    if not isinstance(value, ChatRequest):
        raise TypeError(f"expected a ChatRequest, got {type(value).__name__}")
    return value


def _lost(why: str) -> CallFailure:
    message = f"{why}: what became of it at first is not known, and it may have been billed"
    return CallFailure(kind=FailureKind.WORKER_LOST, message=message)


def _refused(why: str) -> CallFailure:
    message = f"a worker of the cluster made no call: {why}"
    return CallFailure(kind=FailureKind.CONNECTION, message=message)
