"""A caller's own key for a call: asked again with it, the call gets the answer that it had."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.adapters.kept_answers import SCHEMA
from evalgate.errors import UsageError
from evalgate.model.call_ports import AnswerCache, Kept
from evalgate.model.content import Attachment
from evalgate.runtime.remembering.cache_key import digest

LONGEST_KEY = 255
SECONDS = 86_400.0
"""For how long a key is remembered when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """A caller's key as it is kept, by hashes alone.

    `claim` names the key, `asked` the call that it was used for, and `answer` both: equal calls in
    flight are joined by it, and the answer is found by it.
    """

    claim: str
    asked: str
    answer: str


def own_key(key: str, *, feature: str, tenant: str, asked: Mapping[str, object]) -> OwnKey:
    """Return a caller's key as it is kept.

    Args:
        key: chosen by the caller, for one call and its repetitions.
        feature: keys of different features do not meet.
        tenant: nor do those of different tenants.
        asked: what the caller passed: the prompt and its variables, whatever the order of keys. Not
            the version that answers, which may be another one when the call is repeated.

    Raises:
        UsageError: the key is empty or too long, or a value is none that JSON can hold.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise UsageError(
            f"the idempotency key has {len(key):,} characters, expected 1 to {LONGEST_KEY}: choose"
            " one for each call, such as the id of the message that is answered"
        )
    claim = digest(json.dumps(("claim", SCHEMA, tenant, feature, key)))
    try:
        call = digest(json.dumps(dict(asked), sort_keys=True, default=_plain))
    except (TypeError, ValueError, RecursionError):
        raise UsageError(
            "a call with an idempotency key takes variables that JSON can hold: texts, numbers,"
            " lists and mappings with texts as keys"
        ) from None
    return OwnKey(claim=claim, asked=call, answer=digest(json.dumps(("answer", claim, call))))


class Idempotency:
    """The calls that were made under keys of their callers.

    A key is free, or claimed for one call. Then the call is answered, or it is not: it is under way
    somewhere, or its process ended, or it failed and may be billed all the same. It may be made
    again then, for a text has no side effects. In one process equal calls wait for each other; of
    those in different processes each asks, and the answers of all but the last are forgotten.
    """

    def __init__(
        self, near: AnswerCache, far: AnswerCache | None = None, *, seconds: float = SECONDS
    ) -> None:
        """Remember keys.

        Args:
            near: in the memory of this process.
            far: shared with other processes; None when nothing is.
            seconds: for how long a key is remembered.
        """
        self._caches = (near,) if far is None else (near, far)
        # What others refuse must not be claimed here.
        self._claimed = tuple(reversed(self._caches))
        self._seconds = seconds

    async def begin(self, key: OwnKey) -> Kept | None:
        """Claim a key, and return the answer that it already has.

        Raises:
            UsageError: the key was used for another call.
        """
        for cache in self._claimed:
            if await cache.claim(key.claim, key.asked, seconds=self._seconds) != key.asked:
                raise UsageError(
                    "the idempotency key was used for another call: expected the prompt and the"
                    f" variables that it had within the last {self._seconds / 3600:g} hours; choose"
                    " a new key for each call, and repeat it only with the call"
                )
        for cache in self._caches:
            kept = await cache.find(key.answer)
            if kept is not None:
                return kept
        return None

    async def complete(self, key: OwnKey, kept: Kept) -> None:
        """Remember the answer that the caller got, whatever it was."""
        for cache in self._caches:
            await cache.keep(key.answer, kept, seconds=self._seconds)


def _plain(value: object) -> object:
    match value:
        case Attachment():
            return ("attachment", value.name, value.media_type, value.sha256)
        case bytes():
            return ("bytes", hashlib.sha256(value).hexdigest())
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"{type(value).__name__} is nothing that JSON can hold")
