"""Claude through real Dask clusters: worker processes, the simulator over HTTP, real signals."""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from evalgate.adapters.cluster_client import connect, greetings
from evalgate.adapters.cluster_model import ClusterModel
from evalgate.adapters.cluster_worker import ClaudeLink, Errand, Greeting, carry_out, greet
from evalgate.errors import UsageError
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import Turn
from evalgate.model.document import Data
from evalgate.model.ports import ChatModel
from evalgate.simulator.server import SimulatorServer

pytestmark = [pytest.mark.slow, pytest.mark.full]

KEY = "sk-worker-0123456789"
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Cluster:
    """Processes of a cluster, started as a user starts them."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        command = ("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        self.workers.append(started(*command, **({"ANTHROPIC_API_KEY": KEY} | environment)))
        return self.workers[-1]


def started(program: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    code = f"from distributed.cli.dask_{program} import main; main()"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        (sys.executable, "-P", "-W", "ignore", "-c", code, *arguments),
        env={**kept, "PYTHONPATH": str(REPOSITORY), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, seconds: float = 60.0) -> None:
    """Wait until somebody listens; a busy machine takes its time to start a scheduler."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return


@contextmanager
def cluster(workers: int, **environment: str) -> Iterator[Cluster]:
    port = free_port()
    scheduler = started(
        "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"
    )
    running = Cluster(address=f"tcp://127.0.0.1:{port}", scheduler=scheduler, workers=[])
    try:
        wait_for(port)
        for _ in range(workers):
            running.add_worker(**environment)
        yield running
    finally:
        for process in (*running.workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Cluster]:
    """A cluster that several tests leave as they found it."""
    with cluster(2) as running:
        yield running


@asynccontextmanager
async def serving(latency_ms: float = 0.0) -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer([], latency_ms=latency_ms) as server:
        yield server


def request(number: int, text: str = "Hi") -> ChatRequest:
    turns = (Turn(role="user", content=text),)
    return ChatRequest(
        model="claude-sonnet-5-5", max_tokens=64, turns=turns, trial=f"case-{number}/0"
    )


async def send_all(
    model: ChatModel, calls: int, *, within: float = 20.0
) -> list[Completion | CallFailure]:
    return await asyncio.gather(
        *(model.send(request(number), within=within) for number in range(calls))
    )


def kinds(results: list[Completion | CallFailure]) -> Mapping[str, int]:
    return Counter(
        result.kind if isinstance(result, CallFailure) else "answer" for result in results
    )


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come to that within 20 s")


def has(model: ClusterModel, workers: int) -> Callable[[], bool]:
    return lambda: model.workers == workers


def has_seen(server: SimulatorServer, requests: int) -> Callable[[], bool]:
    return lambda: sum(server.counts.values()) == requests


async def test_a_killed_worker_loses_no_call_and_none_is_made_twice_in_silence() -> None:
    with cluster(2) as dask:
        async with (
            serving(latency_ms=800) as server,
            ClusterModel(address=dask.address, base_url=server.base_url) as model,
        ):
            await until(has(model, 2))
            calls = asyncio.create_task(send_all(model, 60))
            await until(has_seen(server, 60))
            dask.workers[0].kill()
            told = kinds(await calls)
            lost = told[FailureKind.WORKER_LOST]
            assert 0 < lost <= 30
            assert told == {"answer": 60 - lost, FailureKind.WORKER_LOST: lost}
            assert server.counts == {"answers": 60}, "Dask must not repeat a call on its own"
            assert model.workers == 1

            assert kinds(await send_all(model, lost)) == {"answer": lost}
            assert server.counts == {"answers": 60 + lost}

            dask.add_worker()
            await until(has(model, 2))
            assert kinds(await send_all(model, 10)) == {"answer": 10}


async def test_a_stopped_worker_runs_out_of_time_and_gets_no_more_until_it_is_back(
    lasting: Cluster,
) -> None:
    async with (
        serving() as server,
        ClusterModel(address=lasting.address, base_url=server.base_url, margin=1.0) as model,
    ):
        await until(has(model, 2))
        assert kinds(await send_all(model, 4)) == {"answer": 4}
        with stopped(lasting.workers[0]):
            told = kinds(await send_all(model, 4, within=2.0))
            assert told == {"answer": 2, FailureKind.TIMEOUT: 2}
            assert model.workers == 1
            assert kinds(await send_all(model, 4)) == {"answer": 4}
        await until(has(model, 2))
        assert kinds(await send_all(model, 4)) == {"answer": 4}


async def test_a_lost_scheduler_fails_calls_and_raises_nothing() -> None:
    with cluster(1) as dask:
        async with (
            serving(latency_ms=1500) as server,
            ClusterModel(address=dask.address, base_url=server.base_url) as model,
        ):
            calls = asyncio.create_task(send_all(model, 5))
            await until(has_seen(server, 5))
            dask.scheduler.kill()
            assert kinds(await calls) == {FailureKind.WORKER_LOST: 5}
            late = await model.send(request(9), within=1)
            assert isinstance(late, CallFailure)
            assert late.kind is FailureKind.CONNECTION
            assert dask.address in late.message


async def test_a_call_is_made_once_and_by_no_process_but_its_own(lasting: Cluster) -> None:
    client = await connect(lasting.address, patience=15)
    address = next(iter(await greetings(client)))
    submit = partial(client.get_executor().submit, workers=[address], pure=False)
    said: Future[Greeting] = submit(greet, key="greet")
    greeting = await asyncio.wrap_future(said)
    assert (greeting.has_key, greeting.has_server) == (True, False)
    assert KEY not in repr(greeting)

    async def run(errand: Errand, key: str) -> str:
        result: Future[Completion | CallFailure] = submit(carry_out, errand, key=key)
        return next(iter(kinds([await asyncio.wrap_future(result)])))

    async with serving() as server:
        link = ClaudeLink(server.base_url)
        await asyncio.to_thread(client.register_plugin, link, "link")
        own = partial(Errand, request=pickle.dumps(request(1)), within=5, link="link")
        errand = own(ticket="b", process=greeting.process)
        assert await run(own(ticket="a", process="another"), "1") == FailureKind.WORKER_LOST
        assert server.counts == {}
        assert await run(errand, "2") == "answer"
        assert await run(errand, "3") == FailureKind.WORKER_LOST
        assert server.counts == {"answers": 1}
    await asyncio.to_thread(client.unregister_worker_plugin, "link")
    await asyncio.to_thread(client.close, 5)


async def test_a_call_that_breaks_on_a_worker_is_a_failure_and_raises_nothing(
    lasting: Cluster,
) -> None:
    schema = cast("dict[str, Data]", {"type": complex(0, 1)})
    async with ClusterModel(address=lasting.address, base_url="http://127.0.0.1:9") as model:
        failure = await model.send(replace(request(1), output_schema=schema), within=5)
    assert isinstance(failure, CallFailure)
    assert failure.kind is FailureKind.WORKER_LOST
    assert "TypeError" in failure.message


async def test_a_worker_without_a_key_is_told_before_a_call_is_made() -> None:
    with cluster(0) as dask:
        dask.add_worker(ANTHROPIC_API_KEY="")
        with pytest.raises(UsageError, match="set ANTHROPIC_API_KEY in the environment"):
            async with ClusterModel(address=dask.address):
                pytest.fail("it must not open")


async def test_a_worker_without_evalgate_is_told_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "evalgate.py").touch()
    with cluster(0) as dask:
        bare = dask.add_worker(PYTHONPATH=str(tmp_path))
        with pytest.raises(UsageError, match="evalgate does not run there"):
            async with ClusterModel(address=dask.address):
                pytest.fail("it must not open")
        assert bare.poll() is None


async def test_a_cluster_without_workers_is_told() -> None:
    with cluster(0) as dask, pytest.raises(UsageError) as caught:
        async with ClusterModel(address=dask.address, patience=0.5):
            pytest.fail("it must not open")
    assert f"`dask worker {dask.address}`" in str(caught.value)


@pytest.mark.parametrize("address", ["", "10.0.0.5:8786", "tcp://", "tcp://host", "a b\n::error::"])
async def test_what_is_no_address_is_told_without_a_connection(address: str) -> None:
    with pytest.raises(UsageError, match=r"expected tcp://HOST:PORT") as caught:
        async with ClusterModel(address=address):
            pytest.fail("it must not open")
    assert "\n" not in str(caught.value)
