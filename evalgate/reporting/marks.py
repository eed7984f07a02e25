"""Describes layers of marks in the words of Vega-Lite: lines, points, areas and texts on a plane.

What differs from chart to chart stands in the rows of a layer and never in its encoding, so that a
text from outside is drawn and nothing else. Names of fields are those of this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.document import Data

SIGNED = "(datum.value > 0 ? '+' : '') + datum.label"
"""How an axis writes a change: with a plus when it is a gain."""

LETTERS = 12
"""The size of letters, in pixels of the drawing."""

Row = dict[str, Data]
"""A mark: `x` and `y`, the ends `x2` and `y2`, a `text`, a `shape`."""

_PLACES = ("x", "y", "x2", "y2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One direction of the plane: the values at its two ends, and those that are written."""

    ends: tuple[float, float]
    ticks: tuple[float, ...] = ()
    label: str = "datum.label"
    title: str | None = None
    grid: bool = True

    def described(self) -> Row:
        """Return the scale and the axis; without ticks there is no axis."""
        scale: Row = {"domain": list(self.ends), "nice": False, "zero": False, "clamp": False}
        return {"type": "quantitative", "scale": scale, "axis": self._axis()}

    def _axis(self) -> Data:
        if not self.ticks:
            return None
        quiet = {"labelColor": "var(--quiet)", "titleColor": "var(--quiet)"}
        letters: Row = {"labelFontSize": LETTERS, "titleFontSize": LETTERS}
        lines: Row = {"gridColor": "var(--line)", "domain": False, "ticks": False}
        return {
            "values": list(self.ticks),
            "format": ".4~f",
            "labelExpr": self.label,
            "labelOverlap": False,
            "labelFlush": False,
            "labelPadding": 8,
            "grid": self.grid,
            "title": self.title,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            **quiet,
            **letters,
            **lines,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The plane on which marks are drawn, and the margins around it, in pixels."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    x: Axis
    y: Axis

    def picture(self, layers: Sequence[Row]) -> Row:
        """Return a whole description of layers, the first one at the back."""
        margins: Row = {
            "left": self.left,
            "right": self.right,
            "top": self.top,
            "bottom": self.bottom,
        }
        axes: Row = {
            "data": {"values": []},
            "mark": "rule",
            "encoding": {
                "x": {"field": "x", **self.x.described()},
                "y": {"field": "y", **self.y.described()},
            },
        }
        return {
            "width": self.width,
            "height": self.height,
            "padding": margins,
            "layer": [axes, *layers],
        }


def layer(
    mark: Row, rows: Sequence[Row], *, x: float | None = None, y: float | None = None
) -> list[Row]:
    """Return a layer of like marks, none without rows.

    Args:
        mark: what is drawn, from one of the functions below.
        rows: one for each mark, all with the same fields.
        x: the place of all of them from the left of the plane, in pixels, instead of a field.
        y: the same from the top.
    """
    if not rows:
        return []
    encoding: Row = {
        name: {"field": name} if name in ("x2", "y2") else {"field": name, "type": "quantitative"}
        for name in _PLACES
        if name in rows[0]
    }
    encoding |= {name: {"value": at} for name, at in (("x", x), ("y", y)) if at is not None}
    if "text" in rows[0]:
        encoding["text"] = {"field": "text", "type": "nominal"}
    if "shape" in rows[0]:
        encoding["shape"] = {"field": "shape", "type": "nominal", "scale": None}
    return [{"data": {"values": [dict(row) for row in rows]}, "mark": mark, "encoding": encoding}]


def rule(stroke: str, *, width: float = 1, dash: Sequence[float] = ()) -> Row:
    """Return straight lines between two places, or across the plane where only one is given."""
    return {"type": "rule", "stroke": stroke, "strokeWidth": width, "strokeDash": [*dash]}


def path(stroke: str, *, width: float = 2, dash: Sequence[float] = ()) -> Row:
    """Return one line through all places, from left to right."""
    return {"type": "line", "stroke": stroke, "strokeWidth": width, "strokeDash": [*dash]}


def region(fill: str) -> Row:
    """Return rectangles."""
    return {"type": "rect", "fill": fill, "opacity": 1}


def band(fill: str, *, opacity: float = 1) -> Row:
    """Return the area between two lines."""
    return {"type": "area", "fill": fill, "opacity": opacity}


def point(stroke: str, *, fill: str, size: float = 80, width: float = 2) -> Row:
    """Return points, of the shape that each row names."""
    return {
        "type": "point",
        "filled": True,
        "fill": fill,
        "stroke": stroke,
        "strokeWidth": width,
        "size": size,
        "opacity": 1,
    }


def letters(  # noqa: PLR0913 - where a text stands takes this many words
    fill: str,
    *,
    align: str = "center",
    dx: float = 0,
    dy: float = 0,
    bold: bool = False,
    size: int = LETTERS,
) -> Row:
    """Return texts, beside their place by so many pixels."""
    return {
        "type": "text",
        "fill": fill,
        "align": align,
        "baseline": "middle",
        "dx": dx,
        "dy": dy,
        "fontSize": size,
        "fontWeight": 600 if bold else 400,
        "limit": 0,
    }
