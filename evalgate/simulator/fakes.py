"""Stand-ins for the outside world that tests of whole use cases build on."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from evalgate.errors import RepositoryError
from evalgate.model.chat import CallFailure, ChatRequest, Completion, Usage
from evalgate.model.document import Tree
from evalgate.model.ports import Batch, ChatModel
from evalgate.model.revision import Blob, Revision, Revisions
from evalgate.model.trial import Trial
from evalgate.simulator.draw import digest
from evalgate.simulator.reply import reply_to
from evalgate.simulator.rules import Rules

Script = Callable[[ChatRequest, int], CallFailure | None]
"""Says how the n-th attempt at a request fails (n from 1), or None when it does not."""


class RuleModel:
    """A ChatModel that answers by rules without any HTTP; `sent` lists what it was asked.

    The faults of the rules need a server to happen; here, failures come from the script.
    """

    def __init__(self, rules: Sequence[Rules], script: Script | None = None) -> None:
        self.sent: list[ChatRequest] = []
        self._rules = rules
        self._script = script
        self._attempts: Counter[str] = Counter()

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:  # noqa: ARG002 - answers at once
        """Return what the script or the rules say, after giving other tasks a turn."""
        await asyncio.sleep(0)
        self.sent.append(request)
        key = digest(repr(request))
        self._attempts[key] += 1
        failure = self._script(request, self._attempts[key]) if self._script else None
        if failure is not None:
            return failure
        reply = reply_to(self._rules, request)
        return Completion(
            text=reply.text,
            model=request.model,
            stop_reason=reply.stop_reason,
            usage=reply.usage,
            latency_ms=0,
            request_id=f"req_{key[:24]}",
            simulated=True,
            blocks=reply.blocks,
            tool_calls=reply.calls,
        )


class FakeClock:
    """A clock that moves only when someone sleeps or says so; `slept` lists each sleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 0.0

    def monotonic(self) -> float:
        """Return the seconds that have passed so far."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move to the end of the sleep at once; sleeps of several tasks overlap."""
        self.slept.append(seconds)
        end = self._now + seconds
        await asyncio.sleep(0)
        self._now = max(self._now, end)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


class MemoryStore:
    """An answer store that keeps its answers in memory."""

    def __init__(self) -> None:
        self.answers: dict[str, Completion] = {}

    def find(self, key: str) -> Completion | None:
        """Return the stored answer."""
        return self.answers.get(key)

    def keep(self, key: str, completion: Completion, *, label: str) -> None:  # noqa: ARG002 - nothing is deleted here
        """Store an answer."""
        self.answers[key] = completion


class MemoryBatches:
    """A BatchService whose batches end after some looks; `batches` maps each id to what it asks.

    Requests are answered by a model, when their results are fetched, last one first. `refusals`
    are what the next calls fail with instead of being answered, None for one that works.
    """

    def __init__(self, model: ChatModel, *, looks: int = 1) -> None:
        self.batches: dict[str, list[tuple[str, ChatRequest]]] = {}
        self.refusals: list[CallFailure | None] = []
        self._model = model
        self._looks = looks
        self._left: dict[str, int] = {}

    async def submit(self, requests: Sequence[tuple[str, ChatRequest]]) -> str | CallFailure:
        """Take a batch in."""
        failure = self._failure()
        if failure is not None:
            return failure
        identity = f"batch_{len(self.batches)}"
        self.batches[identity] = list(requests)
        self._left[identity] = self._looks
        return identity

    async def pending(self, batch: str) -> int | CallFailure:
        """Return all requests as waiting, until it was looked at often enough."""
        failure = self._failure()
        if failure is not None:
            return failure
        self._left[batch] -= 1
        return len(self.batches[batch]) if self._left[batch] >= 0 else 0

    async def results(self, batch: str) -> AsyncIterator[tuple[str, Completion | CallFailure]]:
        """Yield the answers; a refusal breaks them off after the first one."""
        failure = self._failure()
        for key, request in reversed(self.batches[batch]):
            yield key, await self._model.send(request, within=1.0)
            if failure is not None:
                yield "", failure
                return

    async def recent(self) -> Sequence[tuple[str, int]] | CallFailure:
        """Return all batches, newest first."""
        sizes = [(identity, len(asked)) for identity, asked in self.batches.items()]
        return self._failure() or sizes[::-1]

    def _failure(self) -> CallFailure | None:
        return self.refusals.pop(0) if self.refusals else None


class MemoryBatchJournal:
    """A batch journal that keeps its batches in memory."""

    def __init__(self, batches: Iterable[Batch] = ()) -> None:
        self._batches = list(batches)

    def batches(self) -> Sequence[Batch]:
        """Return all batches so far, oldest first."""
        return tuple(self._batches)

    def intend(self, keys: Sequence[str]) -> Batch:
        """Note that a batch is about to be handed in."""
        self._batches.append(Batch(number=len(self._batches), keys=tuple(keys)))
        return self._batches[-1]

    def submitted(self, batch: Batch, identity: str) -> Batch:
        """Note the id of a batch."""
        self._batches[batch.number] = replace(batch, id=identity)
        return self._batches[batch.number]

    def end(self, batch: Batch) -> None:
        """Note that a batch is done with."""
        self._batches[batch.number] = replace(batch, is_over=True)


class MemoryTrialLog:
    """A trial log that keeps its trials in memory."""

    def __init__(self, trials: Iterable[Trial] = ()) -> None:
        self._trials = list(trials)

    def append(self, trial: Trial) -> None:
        """Store one trial."""
        self._trials.append(trial)

    def read(self) -> Iterator[Trial]:
        """Yield the stored trials in the order they were written."""
        yield from tuple(self._trials)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPrices:
    """One price for every token of every model, except the models whose price is not known."""

    usd_per_million: float = 1.0
    unknown: frozenset[str] = frozenset()

    def cost_usd(self, model: str, usage: Usage) -> float | None:
        """Return US dollars for all tokens of a call."""
        if model in self.unknown:
            return None
        prompt = usage.input_tokens + usage.cache_read_tokens
        written = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
        return (prompt + written + usage.output_tokens) * self.usd_per_million / 1e6

    def least_cached_tokens(self, model: str) -> int:  # noqa: ARG002 - the same for all
        """Return a length that short prompts do not reach."""
        return 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRepository:
    """A repository in memory.

    `commits` maps each commit to its tree and `parents` each commit to those it follows. `refs`
    maps further names to commits; `HEAD` there is what the work tree was checked out from. The
    work tree is that commit's tree unless `work_tree` says otherwise. `irregular` are the paths of
    links and submodules, at every commit alike. `dates` says when commits were made, and
    `lacking` are the ids of contents that the clone lacks.
    """

    commits: Mapping[str, Tree]
    parents: Mapping[str, Sequence[str]]
    refs: Mapping[str, str]
    work_tree: Tree | None = None
    irregular: frozenset[str] = frozenset()
    dates: Mapping[str, str] = field(default_factory=dict)
    lacking: frozenset[str] = frozenset()
    is_shallow: bool = False

    def resolve(self, ref: str) -> str:
        """Return the commit that a ref or a commit's own id names."""
        commit = self.refs.get(ref, ref)
        if commit not in self.commits:
            raise RepositoryError(f"unknown ref `{ref}`")
        return commit

    def merge_base(self, base: str, head: str | None) -> str:
        """Return the nearest ancestor of head that is base or one of its ancestors."""
        trusted = frozenset(self._ancestry(self.resolve(base)))
        for commit in self._ancestry(self.resolve(head or "HEAD")):
            if commit in trusted:
                return commit
        raise RepositoryError(f"`{base}` and `{head or 'HEAD'}` have no common commit")

    def changed(self, since: str, until: str | None, under: Iterable[str]) -> frozenset[str]:
        """Return the paths that differ between two trees."""
        folders = tuple(under)
        before, after = self.files(since, folders), self.files(until, folders)
        return frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))

    def listing(self, commit: str | None, under: Iterable[str]) -> Mapping[str, bool]:
        """Return the paths at or below the given ones; those of `irregular` are no files."""
        places = tuple(under)
        regular = dict.fromkeys(self.files(commit, places), True)
        inside = {path: False for path in self.irregular if _is_under(path, places)}
        return regular | inside

    def files(self, commit: str | None, under: Iterable[str]) -> Tree:
        """Return the files at or below the given paths."""
        if commit is None and self.work_tree is not None:
            tree = self.work_tree
        else:
            tree = self.commits[self.resolve(commit or "HEAD")]
        places = tuple(under)
        return {path: content for path, content in tree.items() if _is_under(path, places)}

    def revisions(self, commit: str, under: Iterable[str], *, most: int) -> Revisions:
        """Return the commits that changed files under the paths, along the first parents."""
        places, found = tuple(under), []
        for each in self._line(self.resolve(commit)):
            files = self.files(each, places)
            before = self.parents.get(each, ())[:1]
            if files != (self.files(before[0], places) if before else {}):
                blobs = {path: self._blob(content) for path, content in files.items()}
                found.append(Revision(commit=each, at=self.dates.get(each, ""), files=blobs))
        return Revisions(
            listed=tuple(found[:most][::-1]),
            is_shallow=self.is_shallow,
            has_more=len(found) > most,
        )

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Yield the contents with these ids."""
        known = {
            self._blob(content).id: content
            for tree in self.commits.values()
            for content in tree.values()
        }
        return (known[oid] for oid in ids)

    def _blob(self, content: bytes) -> Blob:
        oid = sha256(content).hexdigest()
        return Blob(id=oid, size=None if oid in self.lacking else len(content))

    def _line(self, commit: str) -> Iterator[str]:
        following: str | None = commit
        while following is not None:
            yield following
            following = next(iter(self.parents.get(following, ())), None)

    def _ancestry(self, commit: str) -> Iterator[str]:
        waiting = [commit]
        while waiting:
            nearest = waiting.pop(0)
            yield nearest
            waiting.extend(self.parents.get(nearest, ()))


def _is_under(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def text_tree(files: Mapping[str, str]) -> Tree:
    """Return a tree of files given as text."""
    return {path: text.encode() for path, text in files.items()}
