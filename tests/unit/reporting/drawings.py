"""Reads a finished drawing as somebody who looks at it, for the tests of charts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from markupsafe import Markup

_MOVED = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A part of a drawing and the place that it was moved to, in pixels."""

    tag: str
    text: str
    x: float
    y: float
    attributes: dict[str, str]


def roots(markup: Markup) -> list[Xml.Element]:
    """Return the drawings of some markup, each with its title at the top."""
    return list(Xml.fromstring(markup).iter("svg"))  # noqa: S314 - written by what is tested


def parts(drawing: Xml.Element, x: float = 0.0, y: float = 0.0) -> Iterator[Seen]:
    """Yield everything in a drawing, in the order in which it is drawn."""
    moved = _MOVED.search(drawing.get("transform", ""))
    x, y = (x + float(moved[1]), y + float(moved[2])) if moved else (x, y)
    yield Seen(tag=drawing.tag, text=drawing.text or "", x=x, y=y, attributes=dict(drawing.attrib))
    for child in drawing:
        yield from parts(child, x, y)


def texts(drawing: Xml.Element) -> dict[str, Seen]:
    """Return the texts that are seen, and where."""
    return {each.text: each for each in parts(drawing) if each.tag == "text"}


def drawn_with(drawing: Xml.Element, colour: str) -> list[Seen]:
    """Return what has a stroke of that colour."""
    return [each for each in parts(drawing) if each.attributes.get("stroke") == colour]
