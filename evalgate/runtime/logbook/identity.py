"""Who called, as a keyed hash, and which call it was, as an id of our own."""

import hmac
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.errors import UsageError

KEY_VARIABLE = "EVALGATE_USER_KEY"
"""The environment variable that holds the key of the hashes."""
SHORTEST_KEY = 16
"""Bytes of a key."""

_HASH_BYTES = 16
_KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Hashing:
    """Turns users and conversations into hashes that nobody can guess back without the key.

    A plain hash of an e-mail address is found by trying addresses; a keyed one is not. Without a
    key there are no hashes, and the log then knows no users. A new key makes new hashes: what was
    logged before no longer joins with what is logged after, which is what rotating it is for.
    `key_id` tells the keys apart.
    """

    key: bytes | None = field(default=None, repr=False)
    key_id: str | None = field(init=False)

    def __post_init__(self) -> None:
        identity = None if self.key is None else _keyed(self.key, "key", "", _KEY_ID_BYTES)
        object.__setattr__(self, "key_id", identity)

    def user(self, user: str | None) -> str | None:
        """Return the hash of a user's id, 32 hexadecimal digits; None without a user or a key."""
        return self._hash("user", user)

    def conversation(self, conversation: str | None) -> str | None:
        """Return the hash of a conversation's id, which is another one than a user's of that id."""
        return self._hash("conversation", conversation)

    def _hash(self, kind: str, text: str | None) -> str | None:
        if self.key is None or not text:
            return None
        return _keyed(self.key, kind, text, _HASH_BYTES)


def read_hashing(environment: Mapping[str, str]) -> Hashing:
    """Return the hashing with the key of the environment, or the one without a key.

    Raises:
        UsageError: the key is too short to keep anything secret.
    """
    key = environment.get(KEY_VARIABLE, "").encode("utf-8", "surrogateescape")
    if not key:
        return Hashing()
    if len(key) < SHORTEST_KEY:
        raise UsageError(
            f"{KEY_VARIABLE} has {len(key)} bytes, and needs at least {SHORTEST_KEY}; make one with"
            " `python -c 'import secrets; print(secrets.token_hex(32))'`"
        )
    return Hashing(key)


def _keyed(key: bytes, kind: str, text: str, length: int) -> str:
    message = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256")[:length].hex()


def new_request_id() -> str:
    """Return an id for a call: a UUID of version 7 (RFC 9562), which sorts by the millisecond.

    Its 74 random bits come from the operating system each time, so that a forked process repeats
    nothing of its parent.
    """
    return request_id_of(time.time_ns() // 1_000_000, os.urandom(10))


def request_id_of(milliseconds: int, noise: bytes) -> str:
    """Return the UUID of version 7 of a time since 1970 and of 10 random bytes."""
    drawn = int.from_bytes(noise, "big")
    number = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | drawn
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
