"""Tells one call of the log with its attempts and scores, for a reader and for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console

from evalgate.model.document import Data
from evalgate.model.log_answer import LoggedCall
from evalgate.reporting.logs_terminal import show_attempts
from evalgate.reporting.logs_told import LOGS
from evalgate.reporting.numbers import count, milliseconds, money
from evalgate.reporting.terminal_text import rows, safe

_APART = ("schema", "request_id", "tries", "cost_usd", "latency_ms", "ttft_ms", "degraded")
"""Columns that are not told as they stand."""

FoundScore = tuple[str, float | None, str, str]
"""Criterion, outcome, cause and judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTold:
    """A call with its scores; `is_sampled` is None where no spool was named."""

    call: LoggedCall
    scores: Sequence[FoundScore] = ()
    is_sampled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was searched: how many files, of which the end of those in `cut_off` is missing.

    `damaged` lines hold the id and cannot be read.
    """

    files: int
    damaged: int = 0
    cut_off: Sequence[str] = ()


def call_document(wanted: str, found: Sequence[FoundTold], searched: Searched) -> dict[str, Data]:
    """Return the document about the calls that an id belongs to.

    Args:
        wanted: the id.
        found: the calls.
        searched: where they were looked for.
    """
    return {
        "schema": LOGS,
        "question": "find",
        "id": wanted,
        "files": searched.files,
        "cut_off": list(searched.cut_off),
        "damaged": searched.damaged,
        "calls": [
            {
                **each.call,
                "scores": [
                    {"criterion": name, "score": outcome, "cause": cause, "judge": judge}
                    for name, outcome, cause, judge in each.scores
                ],
                "is_sampled": each.is_sampled,
            }
            for each in found
        ],
    }


def show_found(
    wanted: str, found: Sequence[FoundTold], searched: Searched, console: Console
) -> None:
    """Print the calls that an id belongs to.

    Args:
        wanted: the id.
        found: the calls.
        searched: where they were looked for.
        console: where to print.
    """
    for each in found:
        console.print(safe(str(each.call.get("request_id") or "a call without an id"), "bold"))
        console.print(rows(_facts(each)))
        console.print(safe(f"  {count(_number(each.call, 'tries_count'), 'attempt')}", "dim"))
        show_attempts(each.call, console)
        console.print()
    if not found:
        console.print(safe(f"there is no call with the id {wanted}"))
    if searched.damaged:
        said = count(searched.damaged, "line that holds it", "lines that hold it")
        console.print(safe(f"{said} cannot be read", "yellow"))
    if searched.cut_off:
        said = f"{count(len(searched.cut_off), 'file')} ended too early: the rest is missing here"
        console.print(safe(said, "yellow"))
    console.print(safe(f"searched {count(searched.files, 'file')}", "dim"))


def _facts(told: FoundTold) -> Iterator[tuple[str, str]]:
    call = told.call
    yield "latency", _time(call.get("latency_ms"))
    if call.get("ttft_ms") is not None:
        yield "first content", _time(call.get("ttft_ms"))
    cost = call.get("cost_usd")
    yield "cost", money(float(cost) if isinstance(cost, int | float) else None)
    if call.get("degraded"):
        yield "degraded", "yes"
    for name, value in call.items():
        if name in _APART or value is None or value == []:
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield name.replace("_", " "), text
    for criterion, outcome, cause, judge in told.scores:
        said = f"{outcome:g}" if outcome is not None else f"ungraded: {cause or 'no cause'}"
        yield f"score {criterion}".rstrip(), f"{said}, by {judge}" if judge else said
    if told.is_sampled is not None:
        yield "sample", "in the spool" if told.is_sampled else "not in the spool"


def _time(value: Data) -> str:
    return milliseconds(value) if isinstance(value, int) else "–"


def _number(call: LoggedCall, name: str) -> int:
    value = call.get(name)
    return value if isinstance(value, int) else 0
