"""Everything that a gate reaches for."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from evalgate.model.document import Tree
from evalgate.model.ports import (
    AnswerStore,
    ChatModel,
    Clock,
    CodeGraders,
    Parser,
    Prices,
    Records,
    Repository,
    SpendBook,
)
from evalgate.model.route import Route

Routes = Mapping[str, Route]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The outside world of a gate, as ports.

    `open_model` connects to Claude over the policy's routes, and is called only when there are
    calls to make; `origin` names where a route leads. `random` draws from 0 up to 1 and
    `draw_boundary` 32 random lowercase hex digits. `open_code` gives the Python graders among the
    files of a folder, and `open_records` the records among them. `store` keeps paid answers and
    `book` the day's spending, where there is a place for them; `purse` is the spending of this run.
    `evidence` are the trials of earlier runs of the same question, which are not drawn again.
    `simulated` tells that a simulator answers, or may: a server on this machine. `in_workflow`
    tells that others may have made branches in this clone.
    """

    repository: Repository
    parser: Parser
    open_model: Callable[[Routes], AbstractAsyncContextManager[ChatModel]]
    origin: Callable[[Route], str]
    prices: Prices
    clock: Clock
    random: Callable[[], float]
    draw_boundary: Callable[[], str]
    open_code: Callable[[Tree, str], CodeGraders]
    open_records: Callable[[Tree], Records]
    store: AnswerStore | None = None
    book: SpendBook | None = None
    purse: SpendBook | None = None
    evidence: Records | None = None
    simulated: bool = False
    in_workflow: bool = False
