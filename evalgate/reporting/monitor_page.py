"""Draws a board as one HTML page that needs nothing else: no network, no font, no other file."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.model.board import Board, TrendView
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.instants import utc
from evalgate.reporting.monitor_charts import calls_chart, latency_chart, trend_chart
from evalgate.reporting.monitor_rows import (
    KINDS,
    SLICE_TITLES,
    TrendRow,
    arm_rows,
    budget_row,
    cost_rows,
    incident_rows,
    loss_rows,
    scoring_rows,
    sink_rows,
    slice_cells,
    slice_trend_cells,
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
    name_of,
    next_command,
)
from evalgate.reporting.pages import written
from evalgate.reporting.sentences import ICONS

MOST_CHARTS = 24
"""Trends that are drawn; all of them stand in the table."""

_SCRIPTS = ("page/elements.js", "page/theme.js", "page/copying.js", "page/monitor.js")
_STYLES = ("report.css", "charts.css", "cases.css", "monitor.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPart:
    """One trend on the page: its row, its drawing, and its slices."""

    row: TrendRow
    drawing: Drawing | None
    slices: tuple[tuple[str, ...], ...]


def monitor_page(board: Board) -> str:
    """Return the page; the same board gives the same bytes."""
    return written(
        "monitor.html.j2",
        styles=_STYLES,
        scripts=_SCRIPTS,
        shared={"icons": ICONS},
        verdict=VERDICTS[board.standing],
        word=WORDS[board.standing],
        headline=headline(board),
        command=next_command(board),
        facts=tuple(facts(board)),
        at=utc(board.at),
        alarms=[alarm_told(each, board.at) for each in board.alarms],
        past=[alarm_told(each, board.at) for each in board.past],
        trends=tuple(_trends(board)),
        budgets=[budget_row(each) for each in board.budgets],
        drawings=_drawings(board),
        tables=tuple(_tables(board)),
        costs=tuple(cost_rows(board)),
        spenders=tuple(spender_rows(board)),
        canaries=[(name_of(each.prompt), tuple(arm_rows(each))) for each in board.canaries],
        smells=tuple(smell_rows(board)),
        losses=tuple(loss_rows(board)),
        scoring=tuple(scoring_rows(board)),
        incidents=tuple(incident_rows(board)),
        sinks=sink_rows(board),
        changes=[(utc(each.ts), change_told(each), each.source) for each in board.changes],
        lacks=board.lacks,
        notes=board.notes,
    )


def _trends(board: Board) -> Iterator[TrendPart]:
    for number, view in enumerate(board.trends):
        yield TrendPart(
            row=trend_row(view),
            drawing=_drawing(view, board, number) if number < MOST_CHARTS else None,
            slices=tuple(slice_trend_cells(each) for each in view.slices),
        )


def _drawing(view: TrendView, board: Board, number: int) -> Drawing | None:
    return trend_chart(view, board, key=f"trend-{number}")


def _drawings(board: Board) -> tuple[tuple[str, Drawing], ...]:
    drawn = (
        ("Calls", calls_chart(board, key="calls")),
        ("Latency", latency_chart(board, key="latency")),
    )
    return tuple((name, each) for name, each in drawn if each is not None)


def _tables(board: Board) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """Yield each table of slices with its titles; one slice alone says no more than the whole."""
    for kind, title in KINDS.items():
        found = board.slices_of(kind)
        if found and (kind == "feature" or len(found) > 1):
            yield title, (title, *SLICE_TITLES), [slice_cells(each) for each in found]
