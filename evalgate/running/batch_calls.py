"""The calls of a run that is answered in batches: what is stored already, and what is wanted."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.policy import RunSettings
from evalgate.model.ports import AnswerStore, BatchJournal, BatchService, Clock, Prices
from evalgate.running.budget import Budget
from evalgate.running.calls import Called
from evalgate.running.keys import answer_key
from evalgate.running.place import Places
from evalgate.running.stored import checked, is_of_use

PRICE = 0.5
"""What a call in a batch costs against a single one."""

PENDING = CallFailure(kind=FailureKind.EXPIRED, message="not answered yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchMeans:
    """What batches are made with; `say` is told in sentences how they get on."""

    service: BatchService
    journal: BatchJournal
    store: AnswerStore
    prices: Prices
    places: Places
    clock: Clock
    settings: RunSettings
    budget: Budget
    say: Callable[[str], None]


@dataclass(slots=True)
class Collector:
    """Answers from the store, and remembers what it finds there and what it does not.

    `tried` are the requests that this process has handed in.
    """

    means: BatchMeans
    failures: dict[str, CallFailure]
    tried: Collection[str] = ()
    found: set[str] = field(default_factory=set)
    wanted: dict[str, ChatRequest] = field(default_factory=dict)

    async def call(self, request: ChatRequest) -> Called:
        """Return the stored answer, the failure that stands, or one that says to wait."""
        key = answer_key(request, origin=self.means.places.origin(request.route))
        stored = self.means.store.find(key)
        answer = None if stored is None else checked(stored, request)
        if stored is not None:
            self.found.add(key)
        if isinstance(answer, Completion) and (key in self.tried or is_of_use(answer, request)):
            return Called(result=answer, reused=True)
        if key not in self.failures:
            self.wanted.setdefault(key, request)
        return Called(result=self.failures.get(key, PENDING))


@dataclass(slots=True)
class Answered:
    """The calls of a run whose batches are over: from the store, at their price once.

    `missing` is what became of requests that were never handed in.
    """

    means: BatchMeans
    paid: set[str]
    failures: dict[str, CallFailure]
    missing: CallFailure = PENDING

    async def call(self, request: ChatRequest) -> Called:
        """Return what the batches brought."""
        places = self.means.places
        key = answer_key(request, origin=places.origin(request.route))
        stored = self.means.store.find(key)
        if stored is None:
            failed = self.failures.get(key)
            return Called(result=failed or self.missing, calls=1 if failed else 0)
        answer = checked(stored, request)
        if key not in self.paid:
            return Called(result=answer, reused=True)
        self.paid.remove(key)
        cost = self.means.prices.cost_usd(request.model, stored.usage)
        cost = None if cost is None else cost * PRICE * places.price_factor(request.route)
        return Called(result=answer, calls=1, cost_usd=cost, booked_usd=cost or 0.0)
