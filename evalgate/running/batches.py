"""Has the calls of a run answered in batches: rounds of collecting, handing in and fetching.

A trial needs its answer before its judge can be asked, and a judge's first vote before the next.
So the trials are run again and again against what is stored, and what they miss each time is the
next batch, until they miss nothing.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.policy import RunSettings
from evalgate.model.ports import AnswerStore, Batch, BatchJournal, BatchService, Clock, Prices
from evalgate.model.route import Route
from evalgate.running.account import Calls
from evalgate.running.budget import Budget
from evalgate.running.calls import Called
from evalgate.running.keys import answer_key
from evalgate.running.place import Places
from evalgate.running.retry import RETRIES
from evalgate.running.size import expected_input
from evalgate.running.worst import worst_usd

PRICE = 0.5
"""What a call in a batch costs against a single one."""

MOST_REQUESTS = 50_000
MOST_TOKENS = 20_000_000
"""How much goes into one batch, well below the API's limits of 100,000 requests and 256 MB."""

FIRST_WAIT, LONGEST_WAIT, GROWTH = 1.0, 60.0, 1.5
"""Seconds between two looks at a batch."""

NO_RESULT = CallFailure(
    kind=FailureKind.MALFORMED, message="the batch that asked for it has no result for it"
)
PENDING = CallFailure(kind=FailureKind.EXPIRED, message="not answered yet")


class _StoppedError(Exception):
    """No further batch can be answered; `failure` says why."""

    def __init__(self, failure: CallFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


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
    """Answers from the store, and remembers what it does not find there."""

    means: BatchMeans
    failures: dict[str, CallFailure]
    wanted: dict[str, ChatRequest] = field(default_factory=dict)

    async def call(self, request: ChatRequest) -> Called:
        """Return the stored answer, the failure that stands, or one that says to wait."""
        key = answer_key(request, origin=self.means.places.origin(request.route))
        stored = self.means.store.find(key)
        if stored is not None:
            return Called(result=_checked(stored, request), reused=True)
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
        answer = _checked(stored, request)
        if key not in self.paid:
            return Called(result=answer, reused=True)
        self.paid.remove(key)
        cost = self.means.prices.cost_usd(request.model, stored.usage)
        cost = None if cost is None else cost * PRICE * places.price_factor(request.route)
        return Called(result=answer, calls=1, cost_usd=cost, booked_usd=cost or 0.0)


async def answer_in_batches(
    means: BatchMeans, collect: Callable[[Calls], Awaitable[None]]
) -> Answered:
    """Return the calls of a run once every answer that its trials need is stored.

    When the service takes no further batch, or the cost limit forbids it, that failure is the
    result of every call that was not answered before.

    Args:
        means: what batches are made with.
        collect: runs all trials over the given calls, and forgets what becomes of them.
    """
    failures: dict[str, CallFailure] = {}
    missing = PENDING
    try:
        await _answer_all(means, collect, failures)
    except _StoppedError as stopped:
        missing = stopped.failure
    paid = {key for batch in means.journal.batches() for key in batch.keys}
    return Answered(means, paid, failures, missing)


async def _answer_all(
    means: BatchMeans,
    collect: Callable[[Calls], Awaitable[None]],
    failures: dict[str, CallFailure],
) -> None:
    attempts: dict[str, int] = {}
    for batch in means.journal.batches():
        if not batch.is_over:
            await _recover(means, batch, failures)
    while True:
        collector = Collector(means, failures)
        await collect(collector)
        if not collector.wanted:
            return
        for part in parts(collector.wanted.items()):
            await _round(means, part, failures=failures)
        _try_again(failures, attempts, most=means.settings.attempts)


def parts(wanted: Iterable[tuple[str, ChatRequest]]) -> Iterator[dict[str, ChatRequest]]:
    """Yield requests in parts that one batch may hold, the last of which may be small."""
    part: dict[str, ChatRequest] = {}
    tokens = 0
    for key, request in wanted:
        size = expected_input(request)
        if part and (len(part) == MOST_REQUESTS or tokens + size > MOST_TOKENS):
            yield part
            part, tokens = {}, 0
        part[key] = request
        tokens += size
    if part:
        yield part


async def _round(
    means: BatchMeans, part: dict[str, ChatRequest], *, failures: dict[str, CallFailure]
) -> None:
    worst = _worst(means, part)
    refusal = await means.budget.reserve(worst)
    if refusal is not None:
        raise _StoppedError(CallFailure(kind=FailureKind.COST_LIMIT, message=refusal))
    batch = means.journal.intend([*part])
    identity = await means.service.submit([*part.items()])
    if isinstance(identity, CallFailure):
        means.journal.end(batch)
        means.budget.settle(worst, 0.0)
        raise _StoppedError(identity)
    batch = means.journal.submitted(batch, identity)
    means.say(f"batch {identity}: {len(part):,} requests handed in")
    labels = {key: request.trial for key, request in part.items()}
    await _collect(means, batch, failures, labels=labels)
    means.budget.settle(worst, _spent(means, part))


async def _recover(means: BatchMeans, batch: Batch, failures: dict[str, CallFailure]) -> None:
    """Fetch a batch of an earlier process; one whose id was lost is looked for by its size."""
    if not batch.id:
        known = {each.id for each in means.journal.batches()}
        recent = await means.service.recent()
        if isinstance(recent, CallFailure):
            raise _StoppedError(recent)
        fitting = [name for name, size in recent if size == len(batch.keys) and name not in known]
        if not fitting:
            # It was never handed in: what it asked for is collected again.
            means.journal.end(batch)
            return
        batch = means.journal.submitted(batch, fitting[0])
    means.say(f"batch {batch.id}: found again, {len(batch.keys):,} requests")
    await _collect(means, batch, failures, labels={})


async def _collect(
    means: BatchMeans,
    batch: Batch,
    failures: dict[str, CallFailure],
    *,
    labels: Mapping[str, str],
) -> None:
    seconds = FIRST_WAIT
    while True:
        pending = await means.service.pending(batch.id)
        if isinstance(pending, CallFailure) and RETRIES[pending.kind] == 0:
            raise _StoppedError(pending)
        if pending == 0:
            break
        if isinstance(pending, int):
            means.say(f"batch {batch.id}: {pending:,} of {len(batch.keys):,} requests wait")
        await means.clock.sleep(seconds)
        seconds = min(LONGEST_WAIT, seconds * GROWTH)
    missing = set(batch.keys)
    broken = await _download(means, batch, missing=missing, failures=failures, labels=labels)
    for attempt in range(1, means.settings.attempts):
        if broken is None:
            break
        await means.clock.sleep(FIRST_WAIT * GROWTH**attempt)
        broken = await _download(means, batch, missing=missing, failures=failures, labels=labels)
    failures.update(dict.fromkeys(missing, broken or NO_RESULT))
    means.journal.end(batch)


async def _download(
    means: BatchMeans,
    batch: Batch,
    *,
    missing: set[str],
    failures: dict[str, CallFailure],
    labels: Mapping[str, str],
) -> CallFailure | None:
    """Take in the results of a batch, and return why some may not have come, if that is so."""
    broken = None
    async for key, result in means.service.results(batch.id):
        if not key and isinstance(result, CallFailure):
            broken = result
        if key not in missing:
            continue
        missing.remove(key)
        if isinstance(result, Completion):
            means.store.keep(key, result, label=labels.get(key, ""))
            failures.pop(key, None)
        else:
            failures[key] = result
    return broken


def _checked(stored: Completion, request: ChatRequest) -> Completion | CallFailure:
    """Return a stored answer as that of the model that was asked, if it is the one."""
    if stored.model == request.model:
        return stored
    if Route().may_answer(request.model, stored.model):
        return replace(stored, model=request.model)
    message = f"asked {request.model}, but {stored.model[:60]} answered"
    return CallFailure(kind=FailureKind.WRONG_MODEL, message=message)


def _try_again(failures: dict[str, CallFailure], attempts: dict[str, int], *, most: int) -> None:
    """Forget the failures that another batch may mend."""
    for key, failure in list(failures.items()):
        attempts[key] = attempts.get(key, 0) + 1
        if RETRIES[failure.kind] != 0 and attempts[key] < most:
            del failures[key]


def _worst(means: BatchMeans, part: dict[str, ChatRequest]) -> float | None:
    total = 0.0
    for request in part.values():
        factor = PRICE * means.places.price_factor(request.route)
        worst = worst_usd(request, means.prices, factor)
        if worst is None:
            return None
        total += worst
    return total


def _spent(means: BatchMeans, part: dict[str, ChatRequest]) -> float | None:
    total = 0.0
    for key, request in part.items():
        stored = means.store.find(key)
        if stored is None:
            continue  # what failed or expired in a batch is not billed
        cost = means.prices.cost_usd(request.model, stored.usage)
        if cost is None:
            return None
        total += cost * PRICE * means.places.price_factor(request.route)
    return total
