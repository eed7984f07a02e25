"""Turns a picture that is described as Vega-Lite into inline SVG that a page can carry.

The library draws in this process, without a browser and without the network. Its SVG has neither
scripts nor style attributes, so that it needs nothing of a content security policy; colours are
variables of the page's style sheet. Texts stand only in the data of a description, never in what
the library evaluates.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

import vl_convert
from markupsafe import Markup

from evalgate.model.document import Data

HATCH = "url(#hatch)"
"""A fill of fine slanted lines, for a region that must not be told by its colour alone."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_REFERENCE = re.compile(r"^url\(#([\w-]+)\)$")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_FRAMES = ("background", "foreground")
_UNTOLD = frozenset(
    {"class", "role", "aria-roledescription", "aria-label", "aria-hidden", "pointer-events"}
)
_PLAIN = frozenset({("font-family", "inherit"), ("font-weight", "400"), ("opacity", "1")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A finished drawing: markup that is safe in a page, and the same told in words."""

    svg: Markup
    words: str


def inline_svg(picture: Mapping[str, Data], words: str, *, key: str, kind: str) -> Markup:
    """Draw a picture; the same picture gives the same bytes.

    Args:
        picture: a description in Vega-Lite, with `width`, `height`, `padding` and `layer`.
        words: what a screen reader says instead.
        key: begins every id in the drawing; a page uses each key once.
        kind: the class by which a style sheet knows it.
    """
    plain: dict[str, Data] = {
        "$schema": _SCHEMA,
        "autosize": {"type": "none"},  # else letters would be measured in this machine's fonts
        "background": None,
        "config": {"aria": False, "font": "inherit", "view": {"stroke": None}},
    }
    drawn = vl_convert.vegalite_to_svg(plain | dict(picture), allowed_base_urls=[])
    root = Xml.fromstring(drawn)  # noqa: S314 - the library has just written it
    _prune(root)
    for element in root.iter():
        _simplify(element, key)
    return Markup(  # noqa: S704 - serialised by the XML library, which escapes every text
        Xml.tostring(_framed(root, words, key=key, kind=kind), encoding="unicode")
    )


def _prune(element: Xml.Element) -> None:
    """Drop the frames of groups and the groups in which nothing is drawn."""
    for child in list(element):
        _prune(child)
        is_group = child.tag.endswith("}g")
        if child.get("class") in _FRAMES or (is_group and not len(child)):
            element.remove(child)


def _simplify(element: Xml.Element, key: str) -> None:
    """Drop what says nothing, shorten numbers, and make ids and references those of the key."""
    element.tag = element.tag.rpartition("}")[2]
    for name, value in list(element.attrib.items()):
        if name in _UNTOLD or (name, value) in _PLAIN:
            del element.attrib[name]
        elif name == "id":
            element.set(name, f"{key}-{value}")
        else:
            shorter = _LONG.sub(lambda found: f"{float(found.group()):.2f}", value)
            element.set(name, _REFERENCE.sub(rf"url(#{key}-\1)", shorter))


def _framed(drawn: Xml.Element, words: str, *, key: str, kind: str) -> Xml.Element:
    """Put a drawing into an element that has a name and hides its parts from screen readers."""
    measures = {name: drawn.attrib[name] for name in ("viewBox", "width", "height")}
    named = {"role": "img", "aria-labelledby": f"{key}-title"}
    frame = Xml.Element("svg", {"class": kind} | named | measures)
    Xml.SubElement(frame, "title", {"id": f"{key}-title"}).text = words
    parts = Xml.SubElement(frame, "g", {"aria-hidden": "true"})
    parts.append(_hatch(key))
    parts.extend(drawn)
    return frame


def _hatch(key: str) -> Xml.Element:
    definitions = Xml.Element("defs")
    slanted = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    size = {"id": f"{key}-hatch", "width": "7", "height": "7"}
    pattern = Xml.SubElement(definitions, "pattern", size | slanted)
    Xml.SubElement(pattern, "rect", {"width": "7", "height": "7", "fill": "var(--bad-wash)"})
    line = {"d": "M0,0V7", "stroke": "var(--bad)", "stroke-width": "1.5", "opacity": "0.35"}
    Xml.SubElement(pattern, "path", line)
    return definitions


def framed(*drawings: Markup) -> Markup:
    """Return drawings of the same for places of different widths, of which a page shows one."""
    return Markup('<div class="drawing">{}</div>').format(Markup().join(drawings))
