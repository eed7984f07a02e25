"""Shows answers from the call log in a terminal and in a build log, where nothing may act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalgate.model.log_answer import (
    Answer,
    CostRow,
    ErrorRow,
    LatencyRow,
    LoggedCall,
    Row,
    Spread,
)
from evalgate.reporting.logs_told import (
    LogTold,
    account_sentence,
    choice_sentence,
    key_texts,
    reading_sentences,
)
from evalgate.reporting.numbers import UNKNOWN, count, milliseconds, money, percent
from evalgate.reporting.terminal_text import safe

_NAME, _WORDS = 44, 10
_SHORTEST, _LONGEST = 12, 40
"""How long a bar may be drawn."""

_WHOLE = 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column; a `style` is Rich's."""

    text: str
    style: str = ""


def show_answer(told: LogTold, answer: Answer[Row], console: Console) -> None:
    """Print the rows of an answer, and the account of the lines.

    Args:
        told: the question, and what was read.
        answer: what to show.
        console: where to print; its width, colours and characters are respected.
    """
    _show_title(told, console)
    if not answer.account.chosen:
        console.print(safe("no call was found"))
    else:
        _show_rows(told, answer, console)
        if isinstance(answer.total, ErrorRow):
            _show_words(answer.total, console)
    show_account(told, console)


def show_slowest(told: LogTold, calls: Sequence[LoggedCall], console: Console) -> None:
    """Print the slowest calls with their attempts, and the account of the lines."""
    _show_title(told, console)
    if not calls:
        console.print(safe("no call was found that asked a model and tells its latency"))
    for call in calls:
        show_call_line(call, console)
    show_account(told, console)


def show_call_line(call: LoggedCall, console: Console) -> None:
    """Print a call on a line, and its attempts below it."""
    names = ("feature", "prompt", "version", "model", "served_by", "error")
    line = Text("  ").join(
        [
            Text(f"{_time(call.get('latency_ms')):>8}", "bold"),
            *(safe(str(call.get(name))) for name in ("ts", "request_id")),
            *(safe(str(call[name]), "dim") for name in names if call.get(name)),
        ]
    )
    console.print(line, soft_wrap=True)
    show_attempts(call, console)


def show_attempts(call: LoggedCall, console: Console) -> None:
    """Print the attempts of a call, one on a line."""
    tries = call.get("tries")
    for attempt in tries if isinstance(tries, list) else ():
        if not isinstance(attempt, dict):
            continue
        failure = attempt.get("failure")
        ending = str(failure) if failure else "answered"
        if attempt.get("abandoned"):
            ending = f"{ending}, abandoned"
        names = ("rung", "route", "provider", "region", "model", "request_id")
        line = [
            Text(f"{_time(attempt.get('latency_ms')):>10}"),
            safe(ending, "red" if failure else "green"),
            *(safe(str(attempt[name]), "dim") for name in names if attempt.get(name)),
        ]
        console.print(Text("  ").join(line), soft_wrap=True)


def show_account(told: LogTold, console: Console) -> None:
    """Print what all lines were, and what was read."""
    console.print()
    style = "dim" if told.account.balances else "red"
    console.print(safe(account_sentence(told.account), style), soft_wrap=True)
    if not told.account.balances:
        console.print(safe("the account does not balance: please report this", "red"))
    console.print(safe("; ".join(reading_sentences(told)), "dim"), soft_wrap=True)


def _show_title(told: LogTold, console: Console) -> None:
    by = ", ".join(key.value for key in told.question.by)
    title = Text(told.verb + (f" by {by}" if by else ""), "bold")
    choice = choice_sentence(told.question)
    console.print(Text("  ").join([title, *([safe(choice, "dim")] if choice else [])]))
    console.print()


def _show_rows(told: LogTold, answer: Answer[Row], console: Console) -> None:
    rows: list[CostRow | LatencyRow | ErrorRow] = []
    if told.question.by:
        rows.extend(answer.rows)
    widest = max(map(_bar, rows), default=0)
    shares = [_bar(row) / widest if widest else 0.0 for row in rows]
    plain = _table(told, rows, answer.total, bars=None)
    wanted = console.measure(plain, options=console.options.update_width(_WHOLE)).maximum
    room = min(console.width - wanted - 2, _LONGEST)
    bars = None if room < _SHORTEST or not widest else _bars(shares, room, console)
    table = plain if bars is None else _table(told, rows, answer.total, bars=bars)
    # A table is never narrower than what stands in it: numbers are not cut.
    wanted = console.measure(table, options=console.options.update_width(_WHOLE)).maximum
    table.width = wanted
    console.print(table, crop=False, no_wrap=True, overflow="ignore")
    more = answer.groups - len(rows)
    if told.question.by and more > 0:
        console.print(
            f"… and {count(more, 'more group')}, which the last row holds too: --top shows more",
            style="dim",
        )


def _table(
    told: LogTold,
    rows: Sequence[CostRow | LatencyRow | ErrorRow],
    total: CostRow | LatencyRow | ErrorRow,
    *,
    bars: Sequence[Text] | None,
) -> Table:
    """Return a row per group and one of all, with a bar beside each group where there is room."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in [key.value for key in told.question.by] or [""]:
        table.add_column(name, no_wrap=True)
    for name in _cells(total, total):
        table.add_column(name, no_wrap=True, justify="right")
    if bars is not None:
        table.add_column("", no_wrap=True)
    for number, row in enumerate(rows):
        names = key_texts(told.question, row.key).values()
        first = [safe(each, limit=_NAME) if each else Text("–", "dim") for each in names]
        cells = [Text(cell.text, cell.style) for cell in _cells(row, total).values()]
        table.add_row(*first, *cells, *([] if bars is None else [bars[number]]))
    first = [Text("all", "bold"), *(Text("") for _ in told.question.by[1:])]
    cells = [Text(cell.text, cell.style or "bold") for cell in _cells(total, total).values()]
    table.add_row(*first, *cells)
    return table


def _bars(shares: Sequence[float], room: int, console: Console) -> list[Text]:
    sign = "#" if console.options.ascii_only or not console.is_terminal else "█"
    return [Text(sign * max(1, round(each * room)) if each else "", "cyan") for each in shares]


def _cells(row: CostRow | LatencyRow | ErrorRow, total: object) -> Mapping[str, Cell]:
    match row:
        case CostRow():
            return _cost(row, total)
        case LatencyRow():
            return _latency(row)
    return _errors(row)


def _cost(row: CostRow, total: object) -> Mapping[str, Cell]:
    of = total.nano_usd if isinstance(total, CostRow) else 0
    return {
        "calls": Cell(f"{row.calls:,}"),
        "cost": Cell(money(row.usd)),
        "per call": Cell(money(row.usd_per_call)),
        "share": Cell(percent(row.nano_usd / of) if of and row.usd is not None else "–"),
        "unpriced": Cell(f"{row.unpriced:,}", "yellow" if row.unpriced else ""),
        "from cache": Cell(f"{row.cached:,}"),
        "input": Cell(f"{row.input_tokens:,}"),
        "cached input": Cell(f"{row.cache_read_tokens + row.cache_write_tokens:,}"),
        "output": Cell(f"{row.output_tokens:,}"),
    }


def _latency(row: LatencyRow) -> Mapping[str, Cell]:
    return {
        "calls": Cell(f"{row.calls:,}"),
        "left out": Cell(f"{row.left_out:,}"),
        **{f"{name} ms": Cell(_of(row.whole, name)) for name in ("p50", "p90", "p95", "p99")},
        "max ms": Cell(_of(row.whole, "most")),
        "first p50 ms": Cell(_of(row.first, "p50")),
        "first p95 ms": Cell(_of(row.first, "p95")),
    }


def _errors(row: ErrorRow) -> Mapping[str, Cell]:
    failed = sum(row.failures.values())
    return {
        "calls": Cell(f"{row.calls:,}"),
        "no answer": Cell(f"{row.unanswered:,}", "red" if row.unanswered else ""),
        "rate": Cell(percent(row.unanswered / row.calls) if row.calls else "–"),
        "degraded": Cell(f"{row.degraded:,}"),
        "refused": Cell(f"{row.refused:,}"),
        "attempts": Cell(f"{row.attempts:,}"),
        "of them failed": Cell(f"{failed:,}"),
    }


def _show_words(total: ErrorRow, console: Console) -> None:
    tries = {
        f"{failure}, {route}" if route else failure: number
        for (route, failure), number in total.failures.items()
    }
    for title, noun, found, of in (
        ("errors of calls", "calls", total.errors, total.calls),
        ("failures of attempts, by route", "attempts", tries, total.attempts),
    ):
        if not found:
            continue
        console.print()
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
        table.add_column(title, no_wrap=True)
        table.add_column(noun, justify="right", no_wrap=True)
        table.add_column("share", justify="right", no_wrap=True)
        largest = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        for word, number in largest[:_WORDS]:
            table.add_row(safe(word), f"{number:,}", percent(number / of) if of else "–")
        if len(largest) > _WORDS:
            rest = sum(number for _, number in largest[_WORDS:])
            table.add_row(Text(f"{len(largest) - _WORDS} others", "dim"), f"{rest:,}", "")
        console.print(table)


def _bar(row: CostRow | LatencyRow | ErrorRow) -> int:
    match row:
        case CostRow():
            return row.nano_usd
        case LatencyRow():
            return row.whole.p95 if row.whole else 0
    return row.unanswered


def _of(spread: Spread | None, name: str) -> str:
    return "–" if spread is None else f"{getattr(spread, name):,}"


def _time(value: object) -> str:
    return milliseconds(value) if isinstance(value, int) else UNKNOWN
