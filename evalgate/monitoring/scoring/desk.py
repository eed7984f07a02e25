"""What a worker that scores samples works with: the spool, the scores, the judge and its budget."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.ports import Prices
from evalgate.model.sample import Sample
from evalgate.model.scored import Block, KnownScores, Ledger, Pass
from evalgate.model.spooled import Glance, SpoolPlace
from evalgate.monitoring.scoring.anchors import FixedAnswer
from evalgate.monitoring.scoring.guard import JudgeGuard
from evalgate.monitoring.scoring.measuring import Bench
from evalgate.monitoring.scoring.yardstick import Yardsticks
from evalgate.running.account import Calls


class Spool(Protocol):
    """The samples as they lie on the disk."""

    def files(self) -> Sequence[str]:
        """Return the names of the files, oldest day first."""
        ...

    def glances(self, name: str, start: int) -> Iterator[Glance | SpoolPlace]:
        """Yield what each whole line says of itself, or its place where it is no sample."""
        ...

    def sample(self, place: SpoolPlace) -> Sample | None:
        """Return the sample at a place; None when it has gone."""
        ...


class ScoreBook(Protocol):
    """Where scores are written down, and what is due."""

    def known(self, since: str) -> KnownScores:
        """Return what is scored already, since a day."""
        ...

    def ledger(self, files: Collection[str]) -> Ledger:
        """Return the blocks and passes so far, and forget those of files that are gone for long."""
        ...

    def add_score(self, observation: Observation) -> None:
        """Append a score."""
        ...

    def add_anchor(self, score: AnchorScore) -> None:
        """Append what the judge says of an anchor."""
        ...

    def add_block(self, block: Block) -> None:
        """Write down which samples of a block are due."""
        ...

    def add_pass(self, done: Pass) -> None:
        """Write down what a pass came to."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a worker works with.

    `expire` deletes the files of the spool that are too old. `open_calls` connects to the judge,
    within its budget. `per_day` is the budget of a day in US dollars, None for no limit;
    `price_factor` is what the judge's route charges against the list prices. `now` is in seconds
    since 1970.
    """

    spool: Spool
    book: ScoreBook
    expire: Callable[[], None]
    yardsticks: Yardsticks
    bench: Bench
    open_calls: Callable[[], AbstractAsyncContextManager[Calls]]
    guard: JudgeGuard
    prices: Prices
    now: Callable[[], float]
    concurrency: int = 4
    per_day: float | None = None
    price_factor: float = 1.0
    anchors: Sequence[FixedAnswer] = ()
