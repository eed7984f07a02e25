"""Remembered answers on a Redis server that many hosts share; an extra."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from evalgate.adapters.kept_answers import (
    SCHEMA,
    decode_kept,
    decode_word,
    encode_kept,
    encode_word,
)
from evalgate.adapters.outage import Outage
from evalgate.errors import UsageError
from evalgate.model.call_ports import AnswerCache, Kept

PREFIX = f"evalgate:{SCHEMA}:"
"""What every key on the server begins with."""

MOST_WAIT = 0.2
"""Seconds after which a caller goes on without the server."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
MOST_CONNECTIONS = 16

_FAILURES = (RedisError, OSError, EOFError, TypeError, ValueError, RecursionError)
"""The last three are what the package makes of a server that speaks something else."""

Result = TypeVar("Result")


class RedisCache:
    """Answers on a server, as `evalgate.model.call_ports.AnswerCache` asks for it.

    While the server cannot be reached nobody waits for it: after a failure it is left alone for a
    second, and then for longer. Every event loop of every process has connections of its own.
    """

    def __init__(self, address: str) -> None:
        """Name the server; nothing is opened yet.

        Args:
            address: such as `rediss://user:password@host:6379/0`; no message ever repeats it.

        Raises:
            UsageError: it is no such address.
        """
        self._address = address
        self._outage = Outage(
            now=time.monotonic, first=FIRST_PAUSE, longest=LONGEST_PAUSE, lease=2 * MOST_WAIT
        )
        self._process = os.getpid()
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Redis] = WeakKeyDictionary()
        self._inherited: list[object] = []
        try:
            pool = self._connections()
            pool.connection_class(**pool.connection_kwargs)
        except (TypeError, ValueError):
            raise UsageError(
                "the address of the response cache is of no use: expected one such as"
                " rediss://user:password@host:6379/0; correct EVALGATE_REDIS_URL"
            ) from None

    @property
    def failures(self) -> int:
        """How often the server could not be asked, or did not answer in time."""
        return self._outage.failures

    async def find(self, key: str) -> Kept | None:
        """Return what is remembered, however old it is."""
        content = await self._done(lambda client: client.get(PREFIX + key), instead=None)
        return decode_kept(key, content) if isinstance(content, bytes) else None

    async def keep(self, key: str, kept: Kept, *, seconds: float) -> None:
        """Remember an answer for at most so many seconds."""
        content = encode_kept(key, kept)
        if content is None:
            await self._done(lambda client: client.delete(PREFIX + key), instead=0)
        else:
            lasting = _milliseconds(seconds)
            await self._done(
                lambda client: client.set(PREFIX + key, content, px=lasting), instead=None
            )

    async def claim(self, key: str, word: str, *, seconds: float) -> str:
        """Note a word under a key unless one stands there; return what stands."""
        content = await self._done(
            lambda client: _claimed(client, key, word, _milliseconds(seconds)), instead=None
        )
        return word if content is None else decode_word(key, content) or word

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None and self._process == os.getpid():
            await client.aclose()

    async def _done(self, ask: Callable[[Redis], Awaitable[Result]], *, instead: Result) -> Result:
        """Ask the server, and return what it says, or what stands in its place."""
        if not self._outage.may_try():
            return instead
        try:
            async with asyncio.timeout(MOST_WAIT):
                result = await ask(self._client())
        except _FAILURES:
            self._outage.failed()
            return instead
        self._outage.is_over()
        return result

    def _client(self) -> Redis:
        """Return the client of this process and event loop."""
        if self._process != os.getpid():
            # Closing them here would reach into the event loop of the parent.
            self._inherited += self._clients.values()
            self._clients = WeakKeyDictionary()
            self._process = os.getpid()
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = Redis.from_pool(self._connections())
        return client

    def _connections(self) -> BlockingConnectionPool:
        return BlockingConnectionPool.from_url(
            self._address,
            max_connections=MOST_CONNECTIONS,
            timeout=MOST_WAIT,
            socket_timeout=MOST_WAIT,
            socket_connect_timeout=MOST_WAIT,
            retry=Retry(NoBackoff(), 0),
        )


def open_cache(address: str) -> AnswerCache:
    """Return the cache on the server of an address.

    Raises:
        UsageError: it is no address of a server.
    """
    return RedisCache(address)


async def _claimed(client: Redis, key: str, word: str, lasting: int) -> bytes | None:
    """Return what stands under a key, or None when this claim is what stands."""
    if await client.set(PREFIX + key, encode_word(key, word), px=lasting, nx=True):
        return None
    content = await client.get(PREFIX + key)
    return content if isinstance(content, bytes) else None


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 1)
