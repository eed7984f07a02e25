"""Has the calls of a run answered in batches: rounds of collecting, handing in and fetching.

A trial needs its answer before its judge can be asked, and a judge's first vote before the next.
So the trials are run again and again against what is stored, and what they miss each time is the
next batch, until they miss nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from evalgate.errors import EvaluationError
from evalgate.model.chat import (
    MAY_BE_BILLED,
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
)
from evalgate.model.content import Attachment
from evalgate.model.ports import Batch
from evalgate.running.account import Calls
from evalgate.running.batch_calls import PENDING, PRICE, Answered, BatchMeans, Collector
from evalgate.running.retry import RETRIES
from evalgate.running.size import CHARACTERS_PER_TOKEN, expected_input
from evalgate.running.stored import checked
from evalgate.running.worst import worst_usd

NO_RESULT = CallFailure(
    kind=FailureKind.MALFORMED, message="the batch that asked for it has no result for it"
)
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
"""How much goes into one batch, below the API's limits of 100,000 requests and 256 MB."""

BYTES_PER_CHARACTER = 4
"""What a character of text takes at most, as UTF-8."""

FIRST_WAIT, LONGEST_WAIT, GROWTH = 1.0, 60.0, 1.5
"""Seconds between two looks at a batch."""

MOST_FAILED = 20
"""How often in a row the service may fail before it is given up, after about ten minutes."""

Answer = TypeVar("Answer")

Collect = Callable[[Calls], Awaitable[None]]
"""Runs trials over the given calls."""


class _StoppedError(Exception):
    """No further batch can be answered; `failure` says why."""

    def __init__(self, failure: CallFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


async def answer_in_batches(
    means: BatchMeans, collect: Collect, *, recall: Collect | None = None
) -> Answered:
    """Return the calls of a run once every answer that its trials need is stored.

    When the service takes no further batch, or the cost limit forbids it, that failure is the
    result of every call that was not answered before.

    Args:
        means: what batches are made with.
        collect: runs all trials over the given calls, and forgets what becomes of them.
        recall: does the same with the trials whose cost an earlier process has written down.
    """
    failures: dict[str, CallFailure] = {}
    missing = PENDING
    over = {batch.number for batch in means.journal.batches() if batch.is_over}
    charged = await _charged(means, recall)
    try:
        await _answer_all(means, collect, failures, charged=charged)
    except _StoppedError as stopped:
        missing = stopped.failure
    paid: set[str] = set()
    for batch in means.journal.batches():
        paid.update(set(batch.keys) - charged if batch.number in over else batch.keys)
    return Answered(means, paid, failures, missing)


async def _charged(means: BatchMeans, recall: Collect | None) -> frozenset[str]:
    """Return the requests whose cost is in trials that an earlier process has written down."""
    collector = Collector(means, {})
    if recall is not None and means.journal.batches():
        await recall(collector)
    return frozenset(collector.found)


async def _answer_all(
    means: BatchMeans,
    collect: Collect,
    failures: dict[str, CallFailure],
    *,
    charged: Collection[str],
) -> None:
    attempts: dict[str, int] = {}
    tried: set[str] = set()
    for batch in means.journal.batches():
        if not batch.is_over:
            await _recover(means, batch, failures)
    _book_earlier(means, charged)
    _try_again(failures, attempts, most=means.settings.attempts)
    while True:
        collector = Collector(means, failures, tried)
        await collect(collector)
        if not collector.wanted:
            return
        for part in parts(collector.wanted.items()):
            await _round(means, part, failures=failures)
            tried.update(part)
        _try_again(failures, attempts, most=means.settings.attempts)


def parts(wanted: Iterable[tuple[str, ChatRequest]]) -> Iterator[dict[str, ChatRequest]]:
    """Yield requests in parts that one batch may hold, the last of which may be small."""
    part: dict[str, ChatRequest] = {}
    total = 0
    for key, request in wanted:
        size = _bytes(request)
        if part and (len(part) == MOST_REQUESTS or total + size > MOST_BYTES):
            yield part
            part, total = {}, 0
        part[key] = request
        total += size
    if part:
        yield part


def _bytes(request: ChatRequest) -> int:
    """Return about the most bytes that a request is sent as; files are sent as Base64."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    files = sum(len(block.content) for block in blocks if isinstance(block, Attachment))
    text = expected_input(request) * CHARACTERS_PER_TOKEN * BYTES_PER_CHARACTER
    return int(text) + files * 4 // 3


async def _round(
    means: BatchMeans, part: dict[str, ChatRequest], *, failures: dict[str, CallFailure]
) -> None:
    worst = _worst(means, part)
    refusal = await means.budget.reserve(worst)
    if refusal is not None:
        raise _StoppedError(CallFailure(kind=FailureKind.COST_LIMIT, message=refusal))
    batch = await _submitted(means, part, worst=worst)
    means.say(f"batch {batch.id}: {len(part):,} requests handed in")
    labels = {key: request.trial for key, request in part.items()}
    await _collect(means, batch, failures, labels=labels)
    for key, request in part.items():
        stored = means.store.find(key)
        answer = NO_RESULT if stored is None else checked(stored, request)
        if isinstance(answer, CallFailure):
            failures.setdefault(key, answer)
    means.journal.end(batch)
    means.budget.settle(worst, _spent(means, part))


async def _submitted(
    means: BatchMeans, part: dict[str, ChatRequest], *, worst: float | None
) -> Batch:
    """Hand a part in; after a failure that leaves open whether it was taken, so is the batch."""
    batch = means.journal.intend([*part])

    async def submit() -> str | CallFailure:
        return await means.service.submit([*part.items()])

    try:
        identity = await _asked(means, submit, final=MAY_BE_BILLED)
    except _StoppedError as stopped:
        is_open = stopped.failure.kind in MAY_BE_BILLED
        if not is_open:
            means.journal.end(batch)
        means.budget.settle(worst, None if is_open else 0.0)
        raise
    return means.journal.submitted(batch, identity)


async def _recover(means: BatchMeans, batch: Batch, failures: dict[str, CallFailure]) -> None:
    """Fetch a batch of an earlier process; one whose id was lost is looked for by its size."""
    names = [batch.id] if batch.id else await _fitting(means, batch)
    for name in names:
        means.say(f"batch {name}: found again, {len(batch.keys):,} requests")
        found = await _collect(means, replace(batch, id=name), failures, labels={})
        if found:
            batch = means.journal.submitted(batch, name)
            break
    # Where nothing was found, it was never handed in: what it asked for is collected again.
    means.journal.end(batch)


async def _fitting(means: BatchMeans, batch: Batch) -> list[str]:
    known = {each.id for each in means.journal.batches()}
    recent = await _asked(means, means.service.recent)
    return [name for name, size in recent if size == len(batch.keys) and name not in known]


async def _collect(
    means: BatchMeans,
    batch: Batch,
    failures: dict[str, CallFailure],
    *,
    labels: Mapping[str, str],
) -> int:
    """Wait for a batch, store its answers, and return how many of its requests have results."""
    seconds = FIRST_WAIT
    while pending := await _asked(means, lambda: means.service.pending(batch.id)):
        means.say(f"batch {batch.id}: {pending:,} of {len(batch.keys):,} requests wait")
        await means.clock.sleep(seconds)
        seconds = min(LONGEST_WAIT, seconds * GROWTH)
    results = await _asked(means, lambda: _fetched(means, batch, labels=labels))
    failures.update({key: each for key, each in results.items() if each is not None})
    return len(results)


async def _fetched(
    means: BatchMeans, batch: Batch, *, labels: Mapping[str, str]
) -> dict[str, CallFailure | None] | CallFailure:
    """Store the answers of a batch that has ended, and return what became of each request.

    A result without an id says why the results broke off.
    """
    own, seen = frozenset(batch.keys), dict[str, CallFailure | None]()
    async for key, result in means.service.results(batch.id):
        if not key and isinstance(result, CallFailure):
            return result
        if key not in own:
            continue
        seen[key] = result if isinstance(result, CallFailure) else None
        if isinstance(result, Completion):
            _keep(means, batch, key, result, label=labels.get(key, ""))
    return seen


def _keep(means: BatchMeans, batch: Batch, key: str, result: Completion, *, label: str) -> None:
    """Store an answer, without which the run cannot go on.

    Raises:
        EvaluationError: it is not there afterwards. The batch stays open in the journal, so that
            its results are fetched again, and not paid for again.
    """
    means.store.keep(key, result, label=label)
    if means.store.find(key) is None:
        raise EvaluationError(
            f"the answers of batch {batch.id} cannot be stored; the service keeps them: make room"
        )


async def _asked(
    means: BatchMeans,
    ask: Callable[[], Awaitable[Answer | CallFailure]],
    *,
    final: Collection[FailureKind] = (),
) -> Answer:
    """Return what the service says, asked again while it fails in a way that may pass."""
    seconds = FIRST_WAIT
    for _ in range(MOST_FAILED):
        answer = await ask()
        if not isinstance(answer, CallFailure):
            return answer
        failure = answer
        if RETRIES[failure.kind] == 0 or failure.kind in final:
            break
        await means.clock.sleep(max(seconds, failure.retry_after or 0.0))
        seconds = min(LONGEST_WAIT, seconds * GROWTH)
    raise _StoppedError(failure)


def _try_again(failures: dict[str, CallFailure], attempts: dict[str, int], *, most: int) -> None:
    """Forget the failures that another batch may mend."""
    for key, failure in list(failures.items()):
        attempts[key] = attempts.get(key, 0) + 1
        limit = RETRIES[failure.kind]
        if attempts[key] < most and (limit is None or attempts[key] <= limit):
            del failures[key]


def _book_earlier(means: BatchMeans, charged: Collection[str]) -> None:
    """Book what the batches of earlier processes cost, as far as no trial of theirs says so yet."""
    # Which route a key was of is not known, so it counts as of the dearest.
    factor = PRICE * max(means.places.price_factors.values(), default=1.0)
    for key in {key for batch in means.journal.batches() for key in batch.keys}.difference(charged):
        stored = means.store.find(key)
        if stored is not None:
            cost = means.prices.cost_usd(stored.model, stored.usage)
            means.budget.settle(None, None if cost is None else cost * factor)


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
