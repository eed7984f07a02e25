"""What an application may say about a call, in one place for every way of calling."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypedDict

from evalgate.model.content import Turn
from evalgate.model.document import Data

NO_VARIABLES: Mapping[str, Data] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """A call that no model answers, as the application's own function is told of it.

    `error` is `disabled` for the kill switch, `no_route` when every route is left alone, and else
    the kind of the last failure.
    """

    prompt: str
    version: str
    variables: Mapping[str, Data] = field(repr=False)
    error: str
    request_id: str


Fallback = Callable[[Unserved], str]
"""The application's own answer where no model gives one."""

AsyncFallback = Callable[[Unserved], str | Awaitable[str]]


class Options(TypedDict, total=False):
    """What may be said about a call, all of it optional.

    `feature` is the part of the application that calls: settings, costs and alarms are kept by it.
    `user` decides the arm of a canary, and `conversation` where there is no user; both reach the
    log only as keyed hashes. `pin` is the version that a conversation began with: it stays as
    long as that version is live. `tenant` keeps remembered answers apart. `deadline` is in
    seconds. Calls with the same `idempotency_key` are one call. `files` are the contents that
    variables name as `{file: name}`. `fallback` answers where no model does.
    """

    feature: str
    user: str
    conversation: str
    pin: str
    tenant: str
    deadline: float
    idempotency_key: str
    files: Mapping[str, bytes]
    fallback: Fallback


class AsyncOptions(TypedDict, total=False):
    """The same for asynchronous calls, whose `fallback` may be awaited."""

    feature: str
    user: str
    conversation: str
    pin: str
    tenant: str
    deadline: float
    idempotency_key: str
    files: Mapping[str, bytes]
    fallback: AsyncFallback


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call as the application states it; see `Options`.

    `further` are the turns of a conversation since the prompt's own, and `thought_over` is the
    route and the model that the thoughts among them come from.
    """

    prompt: str
    variables: Mapping[str, Data] = field(repr=False)
    feature: str = ""
    user: str = field(default="", repr=False)
    conversation: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    tenant: str = field(default="", repr=False)
    deadline: float | None = None
    idempotency_key: str = field(default="", repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    fallback: AsyncFallback | None = None
    further: tuple[Turn, ...] = field(default=(), repr=False)
    thought_over: tuple[str, str] | None = None
    streamed: bool = False
