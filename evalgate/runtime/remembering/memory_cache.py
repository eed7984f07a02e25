"""Remembered answers in the memory of one process."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from evalgate.adapters.fork_lock import awaited_at_fork
from evalgate.adapters.kept_answers import decode_kept, decode_word, encode_kept, encode_word
from evalgate.model.call_ports import Kept

MOST_BYTES = 64 * 2**20
"""What all answers together may take up when nothing else is said."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is kept, as bytes: nobody can change what others are given."""

    content: bytes
    until: float


class MemoryCache:
    """Answers of this process, as `evalgate.model.call_ports.AnswerCache` asks for it.

    The one that was not asked for longest goes first. Threads may share it, and a forked process
    goes on with a copy.
    """

    def __init__(
        self, *, entries: int, now: Callable[[], float], most_bytes: int = MOST_BYTES
    ) -> None:
        """Make an empty cache.

        Args:
            entries: how many answers it holds.
            now: seconds since some fixed moment, that never go back.
            most_bytes: what its answers may take up together.
        """
        self.failures = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0
        self._most = entries
        self._most_bytes = most_bytes
        self._now = now
        self._lock = awaited_at_fork()

    async def find(self, key: str) -> Kept | None:
        """Return what is remembered, however old it is."""
        with self._lock:
            content = self._found(key)
        return None if content is None else decode_kept(key, content)

    async def keep(self, key: str, kept: Kept, *, seconds: float) -> None:
        """Remember an answer for at most so many seconds."""
        content = encode_kept(key, kept)
        with self._lock:
            self._drop(key)
            if content is not None:
                self._put(key, _Entry(content, self._now() + seconds))

    async def claim(self, key: str, word: str, *, seconds: float) -> str:
        """Note a word under a key unless one stands there; return what stands."""
        with self._lock:
            content = self._found(key)
            if content is None:
                self._put(key, _Entry(encode_word(key, word), self._now() + seconds))
                return word
        return decode_word(key, content) or word

    async def aclose(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _found(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.until <= self._now():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.content

    def _put(self, key: str, entry: _Entry) -> None:
        self._entries[key] = entry
        self._bytes += len(entry.content)
        while len(self._entries) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= len(entry.content)
