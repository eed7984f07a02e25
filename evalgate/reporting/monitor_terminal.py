"""Tells a board on a terminal: a snapshot, or the frame of a display that is drawn again."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from evalgate.model.board import Beat, Board, TrendView
from evalgate.model.verdict import Verdict
from evalgate.reporting.instants import utc
from evalgate.reporting.monitor_rows import (
    KINDS,
    SLICE_TITLES,
    arm_rows,
    budget_row,
    incident_rows,
    loss_rows,
    scoring_rows,
    sink_rows,
    slice_cells,
    smell_rows,
    spender_rows,
    trend_row,
)
from evalgate.reporting.monitor_words import (
    VERDICTS,
    WORDS,
    alarm_told,
    change_told,
    facts,
    headline,
    latency,
    name_of,
    next_command,
)
from evalgate.reporting.sentences import ICONS
from evalgate.reporting.sparkline import ASCII, BLOCKS, sparkline, thinned
from evalgate.reporting.terminal_text import COLOURS, rows, safe

SPARK = 24
"""Characters of a course."""

_MOST = 8
"""Rows of a table; documents and the page have all."""

_ALARMS = 5

_REACH = 0.1
"""What the scale of a course spans at least, so that small waves look small."""


def show_board(board: Board, console: Console, *, most: int = _MOST) -> None:
    """Print a board.

    Args:
        board: what to tell.
        console: where to print; its width, colours and characters are respected.
        most: rows of each table.
    """
    console.print(board_view(board, is_ascii=console.options.ascii_only, most=most))


def board_view(board: Board, *, is_ascii: bool = False, most: int = _MOST) -> RenderableType:
    """Return a board as something that a console prints, or draws again and again."""
    pens = ASCII if is_ascii else BLOCKS
    verdict = VERDICTS[board.standing]
    parts: list[RenderableType] = [
        safe(
            f"{ICONS[verdict]} {WORDS[board.standing]}: {headline(board)}",
            f"bold {COLOURS[verdict]}",
        ),
        *([safe(f"→ {command}")] if (command := next_command(board)) else []),
        rows(facts(board)),
    ]
    for title, part in _parts(board, pens, most):
        parts += [Text(), Text(title, "bold"), part]
    return Group(*parts)


def _parts(board: Board, pens: str, most: int) -> Iterator[tuple[str, RenderableType]]:
    if board.alarms:
        yield "Alarms", _alarms(board)
    if board.trends:
        yield "Quality", _trends(board.trends[: 2 * most], pens)
    if board.budgets:
        yield "Service levels", _budgets(board)
    if board.whole.calls:
        yield from _traffic(board, pens, most)
    yield from _events(board)
    yield "Scoring", rows(scoring_rows(board))
    yield "Lost or left out", rows((name, value) for value, name in _losses(board))
    if board.lacks or board.notes:
        yield "Missing", _lacks(board)


def _traffic(board: Board, pens: str, most: int) -> Iterator[tuple[str, RenderableType]]:
    yield "Traffic", _beats(board.beats, pens)
    for kind, title in KINDS.items():
        if kind == "feature" or len(board.slices_of(kind)) > 1:
            cells = [slice_cells(each) for each in board.slices_of(kind)]
            yield title, _table(("", *SLICE_TITLES), cells, most)
    if board.canaries:
        yield "Canaries", _canaries(board)
    if len(board.spenders) > 1:
        titles = ("", "users", "calls", "cost", "share")
        yield "Cost by users, of whole hours", _table(titles, list(spender_rows(board)), most)
    if board.smells:
        titles = ("prompt", "smell", "answers", "share", "before")
        yield "Smells", _table(titles, list(smell_rows(board)), most, left=2)


def _events(board: Board) -> Iterator[tuple[str, RenderableType]]:
    if board.incidents:
        known = incident_rows(board)
        yield (
            "Open incidents",
            rows((id_, f"{state}: {said}, {due}") for id_, state, said, due in known),
        )
    if board.sinks:
        told = sink_rows(board)
        yield (
            "Alerts are not taken",
            rows((name, f"since {since}: {why}") for name, since, why in told),
        )
    if board.changes:
        yield "Changes", rows((utc(each.ts), change_told(each)) for each in board.changes[-_MOST:])


def _alarms(board: Board) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for each in board.alarms[:_ALARMS]:
        told = alarm_told(each, board.at)
        word = Text(f"  {ICONS[told.verdict]} {told.word}", COLOURS[told.verdict])
        also = f" Also: {told.also}." if told.also else ""
        grid.add_row(word, safe(f"{told.what}: {told.message}{also} ({told.since})"))
    more = len(board.alarms) - _ALARMS
    if more > 0:
        grid.add_row(Text(), Text(f"… and {more:,} more", "dim"))
    return grid


def _trends(views: Sequence[TrendView], pens: str) -> Table:
    table = _empty_table(
        ("prompt", "criterion", "course", "now", "", "baseline", "limit", "of", ""), 3
    )
    for view in views:
        row = trend_row(view)
        table.add_row(
            _first(row.prompt),
            safe(row.criterion, "bold"),
            _course(view, pens),
            row.mean,
            Text(row.change, "" if row.verdict is Verdict.PASS else COLOURS[row.verdict]),
            row.baseline,
            row.limit,
            row.window,
            Text(f"{ICONS[row.verdict]} {row.state}", COLOURS[row.verdict]),
        )
    return table


def _course(view: TrendView, pens: str) -> Text:
    """Draw the means over time, on a scale that reaches from well below the limit to the best."""
    trend = view.trend
    means = thinned([each.mean for each in view.points], SPARK)
    known = [each for each in means if each is not None]
    ends = [each for each in (trend.limit, trend.baseline) if each is not None]
    if not known:
        return Text("")
    high = max([*known, *ends])
    low = min([*known, *ends, high - _REACH])
    colour = COLOURS[trend_row(view).verdict]
    return Text(sparkline(means, least=low, most=high, pens=pens), colour)


def _budgets(board: Board) -> Table:
    table = _empty_table(("", "promise", "counted", "bad of allowed", "left", "known", ""), 2)
    for each in board.budgets:
        row = budget_row(each)
        table.add_row(
            _first(row.name, "bold"),
            safe(row.promise),
            row.counted,
            row.bad,
            row.left,
            row.days,
            Text(ICONS[row.verdict], COLOURS[row.verdict]),
        )
    return table


def _beats(beats: Sequence[Beat], pens: str) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    calls: list[float | None] = [each.figures.calls for each in beats]
    failed = [
        each.figures.failed / each.figures.calls if each.figures.calls else None for each in beats
    ]
    p95 = [each.figures.p95 for each in beats]
    said = max((each.figures.calls for each in beats), default=0)
    grid.add_row(Text("  calls", "dim"), sparkline(calls, least=0, pens=pens), f"at most {said:,}")
    worst = max((each for each in failed if each is not None), default=0.0)
    grid.add_row(
        Text("  no answer", "dim"),
        sparkline(failed, least=0, most=max(worst, 0.01), pens=pens),
        f"at most {100 * worst:.1f}%",
    )
    slow = max((each for each in p95 if each is not None), default=None)
    grid.add_row(
        Text("  latency, 95th", "dim"),
        sparkline(p95, least=0, pens=pens),
        f"at most {latency(slow)}",
    )
    return grid


def _canaries(board: Board) -> Table:
    table = _empty_table(("", "stable", "canary"), 1)
    for each in board.canaries:
        table.add_row(_first(name_of(each.prompt), "bold"), "", "")
        for name, stable, canary in arm_rows(each):
            table.add_row(_first(name, indent=4), safe(stable), safe(canary))
    return table


def _losses(board: Board) -> Iterator[tuple[str, str]]:
    """Yield what is not 0, and the account of the lines."""
    told = list(loss_rows(board))
    for number, meaning in told[:-1]:
        if number != "0":
            yield meaning, number
    yield told[-1][1], told[-1][0]


def _lacks(board: Board) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for each in board.lacks[:_MOST]:
        said = f"{each.message} → {each.command}" if each.command else each.message
        grid.add_row(Text("  -"), safe(said))
    for note in board.notes[:_MOST]:
        grid.add_row(Text("  -"), safe(note))
    return grid


def _table(
    titles: Sequence[str], cells: Sequence[Sequence[str]], most: int, *, left: int = 1
) -> Table:
    table = _empty_table(titles, left)
    for row in cells[:most]:
        table.add_row(_first(row[0]), *(safe(each) for each in row[1:]))
    if len(cells) > most:
        table.add_row(Text(f"  … and {len(cells) - most:,} more", "dim"))
    return table


def _first(text: str, style: str = "", *, indent: int = 2) -> Text:
    return Text.assemble(" " * indent, safe(text, style))


def _empty_table(titles: Sequence[str], left: int) -> Table:
    """Return a table without rows, whose first columns are texts and the others numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for number, title in enumerate(titles):
        first = number == 0
        table.add_column(
            f"  {title}" if first else title,
            no_wrap=True,
            justify="left" if number < left else "right",
        )
    return table
