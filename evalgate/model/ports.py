"""What evalgate asks of the outside world, as small protocols met by shape."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evalgate.errors import Problem
from evalgate.model.chat import CallFailure, ChatRequest, Completion, Usage
from evalgate.model.document import Data, Document, Tree
from evalgate.model.revision import Revisions
from evalgate.model.template import Template
from evalgate.model.trial import Trial


class ChatModel(Protocol):
    """Something that answers one request, once: no retry inside."""

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return the answer, or the typed failure; never raise for what a server can do.

        Args:
            request: what to ask.
            within: seconds after which the attempt counts as failed.
        """
        ...


class Clock(Protocol):
    """Time that tests can own."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        ...


class Prices(Protocol):
    """What a call costs."""

    def cost_usd(self, model: str, usage: Usage) -> float | None:
        """Return US dollars, or None when the model's price is not known."""
        ...

    def least_cached_tokens(self, model: str) -> int:
        """Return how long a prefix must be for the provider to remember it."""
        ...


class Repository(Protocol):
    """A git repository, read only. A commit of None means the work tree."""

    def resolve(self, ref: str) -> str:
        """Return the full id of the commit that a ref names, or raise RepositoryError."""
        ...

    def merge_base(self, base: str, head: str | None) -> str:
        """Return the commit where head forked from base, or raise RepositoryError."""
        ...

    def changed(self, since: str, until: str | None, under: Iterable[str]) -> frozenset[str]:
        """Return the paths that differ between two trees, among those under the given paths."""
        ...

    def listing(self, commit: str | None, under: Iterable[str]) -> Mapping[str, bool]:
        """Return path → whether it is a regular file; links and submodules are not."""
        ...

    def files(self, commit: str | None, under: Iterable[str]) -> Tree:
        """Return path → content of the files under the given paths."""
        ...

    def revisions(self, commit: str, under: Iterable[str], *, most: int) -> Revisions:
        """Return the states that the files under the given paths went through, up to a commit.

        Args:
            commit: the last one; of merges only the first parent is followed.
            under: files and folders.
            most: how many revisions are returned; older ones are left out.
        """
        ...

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Yield the contents with the ids of blobs, none of which the clone may lack."""
        ...


class Parser(Protocol):
    """Reads text formats: documents that remember their lines, and templates."""

    def read_yaml(self, path: str, content: bytes, *, first_line: int = 1) -> Document:
        """Parse YAML, or raise ConfigurationError; `path` and `first_line` place the errors."""
        ...

    def read_json(self, path: str, content: bytes) -> Document:
        """Parse JSON, or raise ConfigurationError."""
        ...

    def read_json_lines(self, path: str, content: bytes) -> Iterator[Document | Problem]:
        """Parse JSON line by line, blank lines left out; each document knows its line.

        A line that is wrong is yielded as its problem, and the next one follows.
        """
        ...

    def read_template(self, source: str, includes: Mapping[str, str]) -> Template:
        """Read a Jinja template, or raise TemplateError.

        Args:
            source: the text.
            includes: the texts that it may include, by file name.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFault:
    """Why a function gave no result; `reason` is a sentence that repeats nothing of the answer."""

    reason: str


class CodeGraders(Protocol):
    """The Python functions that a repository grades with, each named as `module:function`."""

    def faults(self, references: Iterable[str]) -> Iterator[str]:
        """Yield what keeps functions from being called, each once, as a sentence."""
        ...

    def call(self, reference: str, answer: str, *, context: Mapping[str, Data]) -> Data | CodeFault:
        """Return what a function says of an answer, or how it failed; never raise for its sake.

        Args:
            reference: which function.
            answer: the words of the answer.
            context: what else it may know; the function gets a copy.
        """
        ...


class AnswerStore(Protocol):
    """Answers that were paid for, by the key of what was asked."""

    def find(self, key: str) -> Completion | None:
        """Return the stored answer, or None when there is none that is young enough."""
        ...

    def keep(self, key: str, completion: Completion, *, label: str) -> None:
        """Store an answer; it survives the end of the process when this returns.

        Args:
            key: of what was asked.
            completion: the answer.
            label: the trial that it was asked for, `<case>/<index>`, by which it can be deleted.
        """
        ...


class Records(Protocol):
    """Past trials of versions that are trusted, kept from earlier runs."""

    def find(self, asked: str) -> Trial | None:
        """Return a graded trial that was asked the same, by the key `Trial.asked`."""
        ...

    def seconds(self, evalset: str) -> Mapping[str, float]:
        """Return how long the answers to the cases of a set took on average."""
        ...


class SpendBook(Protocol):
    """What all runs of a day may spend together."""

    def reserve(self, usd: float, *, most: float) -> bool:
        """Set money aside, unless all that is set aside today would then be more than `most`."""
        ...

    def release(self, usd: float) -> None:
        """Give back what was set aside and not spent."""
        ...


class BatchService(Protocol):
    """Answers many requests together, within a day and at half the price."""

    async def submit(self, requests: Sequence[tuple[str, ChatRequest]]) -> str | CallFailure:
        """Hand requests in, each with an id of its own, and return the id of the batch.

        An id has 1 to 64 of the characters `a-zA-Z0-9_-`.
        """
        ...

    async def pending(self, batch: str) -> int | CallFailure:
        """Return how many requests of a batch still wait; 0 when it has ended."""
        ...

    def results(self, batch: str) -> AsyncIterator[tuple[str, Completion | CallFailure]]:
        """Yield id and result of each request of a batch that has ended, in any order.

        The model of a completion is the one that the server names. A failure with the id "" is
        that of the download, or of a line that cannot be read.
        """
        ...

    async def recent(self) -> Sequence[tuple[str, int]] | CallFailure:
        """Return the latest batches, newest first: id, and how many requests each has."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch of a run: the keys of what it asks, its id, and whether it is done with.

    `id` is empty until the service has told it. `number` counts the batches of a run from 0.
    """

    number: int
    keys: tuple[str, ...]
    id: str = ""
    is_over: bool = False


class BatchJournal(Protocol):
    """What is known of the batches of a run, safe against the end of the process."""

    def batches(self) -> Sequence[Batch]:
        """Return all batches of the run so far, oldest first."""
        ...

    def intend(self, keys: Sequence[str]) -> Batch:
        """Note that a batch is about to be handed in, and return it."""
        ...

    def submitted(self, batch: Batch, identity: str) -> Batch:
        """Note the id of a batch, and return the batch with it."""
        ...

    def end(self, batch: Batch) -> None:
        """Note that a batch is done with: its results are stored, or it was never handed in."""
        ...


class TrialLog(Protocol):
    """The trials of one run, written as they come and read back as often as needed."""

    def append(self, trial: Trial) -> None:
        """Store one trial; it is safe when this returns."""
        ...

    def read(self) -> Iterator[Trial]:
        """Yield the stored trials in the order they were written."""
        ...
