"""Shows the history of prompts in a terminal and in a build log."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from evalgate.reporting.numbers import percent, tally
from evalgate.reporting.rate_scale import drawn, scale_of, title_of
from evalgate.reporting.text_scale import Scale
from evalgate.reporting.told_track import (
    ToldPoint,
    ToldTrack,
    bounds_of,
    dates_of,
    releases,
    summary,
)
from evalgate.reporting.visible import on_one_line, safe_line

_NAME, _LINE = 40, 400
_GAP = 2
_SHORTEST, _LONGEST = 14, 40
"""How long the scale is drawn; where there is less room, it is not."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    cells: Sequence[str]
    is_number: bool = False

    @property
    def width(self) -> int:
        return _GAP + max(map(cell_len, (self.title, *self.cells)))


def show_history(tracks: Sequence[ToldTrack], console: Console, *, case: str | None) -> None:
    """Print a table for each track.

    Args:
        tracks: what is told, each of at least one point.
        console: where to print; its width, colours and characters are respected.
        case: whose outcomes are told instead of the rates.
    """
    several = len({track.policy for track in tracks}) > 1
    for number, track in enumerate(tracks):
        if number:
            console.print()
        place = f" on {_safe(track.evalset)}" + (f" ({_safe(track.policy)})" if several else "")
        console.print(Text.assemble((_safe(track.prompt), "bold"), place), soft_wrap=True)
        if case is None:
            console.print(Text(f"  {_safe(summary(track), _LINE)}"), soft_wrap=True)
            console.print(_rates(track, console), crop=False)
        else:
            columns = _columns(track, _outcomes(track, case), console.width)
            console.print(_table(columns), crop=False)
        for said in releases(track):
            console.print(Text(f"  {_safe(said, _LINE)}", "dim"), soft_wrap=True)


def _rates(track: ToldTrack, console: Console) -> Table:
    points = [told.point for told in track.points]
    columns = _columns(
        track,
        [
            _Column("cases", [f"{point.cases:,}" for point in points], is_number=True),
            _Column("trials", [f"{point.trials:,}" for point in points], is_number=True),
            _Column("pass rate", [percent(point.rate) for point in points], is_number=True),
            _Column("90% interval", [bounds_of(point) for point in points], is_number=True),
        ],
        console.width,
    )
    room = console.width - sum(column.width for column in columns) - _GAP
    if room < _SHORTEST:
        return _table(columns)
    scale = scale_of(points, min(room, _LONGEST))
    lines = [_drawn(told, scale, console) for told in track.points]
    return _table([*columns[:-1], _Column(title_of(scale), lines), columns[-1]])


def _outcomes(track: ToldTrack, case: str) -> list[_Column]:
    outcomes = [tally(told.point.outcomes.get(case, ())) for told in track.points]
    return [_Column(_safe(case), outcomes)]


def _columns(track: ToldTrack, own: Sequence[_Column], width: int) -> list[_Column]:
    """Return the columns of a track; the model has one where it is of interest and fits."""
    points = [told.point for told in track.points]
    start = [
        _Column("date (UTC)", dates_of(track)),
        _Column("version", [_safe(point.version) for point in points]),
    ]
    models = _Column("model", [_safe(", ".join(point.models)) for point in points])
    turned = _Column("changed", [", ".join(point.turns) for point in points])
    taken = sum(column.width for column in (*start, models, *own, turned))
    shown = [models] if len(track.models) > 1 and taken <= width else []
    return [*start, *shown, *own, turned]


def _table(columns: Sequence[_Column]) -> Table:
    """Return a table that is never narrower than what stands in it: numbers are not cut."""
    width = sum(column.width for column in columns)
    table = Table(box=None, padding=(0, 0, 0, _GAP), header_style="dim", width=width)
    for column in columns:
        side: JustifyMethod = "right" if column.is_number else "left"
        table.add_column(Text(column.title), justify=side, no_wrap=True)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*map(Text, row))
    return table


def _drawn(told: ToldPoint, scale: Scale, console: Console) -> str:
    return drawn(told.point, scale, ascii_only=console.options.ascii_only)


def _safe(text: str, limit: int = _NAME) -> str:
    return safe_line(on_one_line(text, limit))
