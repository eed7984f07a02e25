"""The filters of Jinja templates, each bounded in time and in what it makes."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalgate.adapters.jinja_run import MAX_OUTPUT, Missing, Run, Unfit, Value
from evalgate.adapters.jinja_selection import dictsort, join, listed, mapped, selected, sort, unique
from evalgate.adapters.jinja_values import bounded, items, kind, number, present, size, text
from evalgate.model.document import Data
from evalgate.model.template import as_text

Given = Mapping[str, Data]
"""The arguments that a template gives, by the names of the parameters."""

MAX_INDENT = 100
MAX_PRECISION = 15

_WORD_START = re.compile(r"([-\s({\[<]+)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a filter does to a value; `parameters` are in order, the first `needed` are required."""

    apply: Callable[[Run, Value, Given], Value]
    parameters: tuple[str, ...] = ()
    needed: int = 0


def _of_text(change: Callable[[str], Data]) -> Filter:
    """Return a filter that reads a text once and makes nothing larger of it."""

    def apply(run: Run, value: Value, _given: Given) -> Data:
        written = text(present(value))
        run.spend_text(len(written))
        return change(written)

    return Filter(apply)


def _title(written: str) -> str:
    words = _WORD_START.split(written)
    return "".join(word[:1].upper() + word[1:].lower() for word in words)


def _trim(run: Run, value: Value, given: Given) -> Data:
    written = text(present(value))
    run.spend_text(len(written))
    characters = given.get("chars")
    return written.strip(None if characters is None else text(characters))


def _default(_run: Run, value: Value, given: Given) -> Data:
    instead = given.get("default_value", "")
    if isinstance(value, Missing) or (given.get("boolean") and not value):
        return instead
    return value


def _end(position: int, *, name: str) -> Filter:
    def apply(_run: Run, value: Value, _given: Given) -> Value:
        held = present(value)
        if not isinstance(held, str | list):
            raise Unfit(f"`{name}` expects a list or a text, got {kind(held)}")
        return held[position] if held else Missing(f"there is no {name} item: it is empty")

    return Filter(apply)


def _replace(run: Run, value: Value, given: Given) -> Data:
    written, old, new = text(present(value)), text(given["old"]), text(given["new"])
    run.spend_text(len(written))
    if not old:
        raise Unfit("`replace` expects something to replace, got an empty text")
    most = _whole(given, "count", -1, least=-1, most=MAX_OUTPUT)
    count = written.count(old) if most < 0 else min(written.count(old), most)
    _check_growth(run, len(written) + count * (len(new) - len(old)))
    return written.replace(old, new, count)


def _reverse(run: Run, value: Value, _given: Given) -> Data:
    held = present(value)
    if isinstance(held, str):
        run.spend_text(len(held))
        return held[::-1]
    return items(run, held)[::-1]


def _pairs(run: Run, value: Value, _given: Given) -> Data:
    held = present(value)
    if not isinstance(held, dict):
        raise Unfit(f"`items` expects a mapping, got {kind(held)}")
    run.spend(len(held))
    return [[key, item] for key, item in held.items()]


def _int(run: Run, value: Value, given: Given) -> Data:
    held, instead = present(value), given.get("default", 0)
    run.walk(held)
    if not isinstance(held, str | int | float):
        return instead
    try:
        found = int(held)
    except (ValueError, OverflowError):
        parsed = _parsed(held)
        if parsed is None:
            return instead
        found = int(parsed)
    return bounded(found)


def _float(run: Run, value: Value, given: Given) -> Data:
    held = present(value)
    run.walk(held)
    parsed = _parsed(held)
    return given.get("default", 0.0) if parsed is None else bounded(parsed)


def _parsed(held: Data) -> float | None:
    if not isinstance(held, str | int | float):
        return None
    try:
        found = float(held)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _round(_run: Run, value: Value, given: Given) -> Data:
    held = number(present(value))
    digits = _whole(given, "precision", 0, least=-MAX_PRECISION, most=MAX_PRECISION)
    method = given.get("method", "common")
    if method == "common":
        return bounded(round(held, digits))
    if method not in ("ceil", "floor"):
        raise Unfit("`round` knows the methods common, ceil and floor")
    scale: float = 10**digits
    cut = math.ceil if method == "ceil" else math.floor
    return bounded(cut(held * scale) / scale)


def _tojson(run: Run, value: Value, given: Given) -> Data:
    held = present(value)
    run.walk(held)
    indent = _whole(given, "indent", 0, least=0, most=8) if given.get("indent") else None
    written = json.dumps(held, ensure_ascii=False, indent=indent)
    _check_growth(run, len(written))
    return written


def _indent(run: Run, value: Value, given: Given) -> Data:
    written = text(present(value))
    width = _whole(given, "width", 4, least=0, most=MAX_INDENT)
    _check_growth(run, len(written) + width * (1 + written.count("\n")))
    blank, pad = given.get("blank"), " " * width
    first, *rest = written.split("\n")
    lines = (pad + line if line or blank else line for line in rest)
    return "\n".join([pad + first if given.get("first") else first, *lines])


def _truncate(run: Run, value: Value, given: Given) -> Data:
    written = text(present(value))
    length = _whole(given, "length", 255, least=0, most=MAX_OUTPUT)
    end = text(given.get("end", "..."))
    leeway = _whole(given, "leeway", 5, least=0, most=MAX_OUTPUT)
    if len(end) > length:
        raise Unfit(f"`truncate` to {length} characters has no room for its end")
    if len(written) <= length + leeway:
        return written
    run.spend_text(length)
    kept = written[: length - len(end)]
    return (kept if given.get("killwords") else kept.rsplit(" ", 1)[0]) + end


def _whole(given: Given, name: str, default: int, *, least: int, most: int) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Unfit(f"expected `{name}` to be a whole number from {least} to {most:,}")
    return value


def _check_growth(run: Run, characters: int) -> None:
    """Count a text before it is made."""
    if characters > MAX_OUTPUT:
        raise Unfit(f"makes a text of more than {MAX_OUTPUT:,} characters")
    run.spend_text(characters)


def _string(run: Run, value: Value, _given: Given) -> Data:
    held = present(value)
    run.walk(held)
    return as_text(held)


_LENGTH = Filter(lambda _run, value, _given: size(present(value)))
_DEFAULT = Filter(_default, ("default_value", "boolean"))
_CHOICE = ("test", "argument")

FILTERS: Mapping[str, Filter] = {
    "abs": Filter(lambda _run, value, _given: abs(number(present(value)))),
    "capitalize": _of_text(str.capitalize),
    "count": _LENGTH,
    "d": _DEFAULT,
    "default": _DEFAULT,
    "dictsort": Filter(dictsort, ("case_sensitive", "by", "reverse")),
    "first": _end(0, name="first"),
    "float": Filter(_float, ("default",)),
    "indent": Filter(_indent, ("width", "first", "blank")),
    "int": Filter(_int, ("default",)),
    "items": Filter(_pairs),
    "join": Filter(join, ("d", "attribute")),
    "last": _end(-1, name="last"),
    "length": _LENGTH,
    "list": Filter(listed),
    "lower": _of_text(str.lower),
    "map": Filter(mapped, ("attribute", "default"), needed=1),
    "reject": Filter(selected(keep=False), _CHOICE),
    "rejectattr": Filter(selected(keep=False), ("attribute", *_CHOICE), needed=1),
    "replace": Filter(_replace, ("old", "new", "count"), needed=2),
    "reverse": Filter(_reverse),
    "round": Filter(_round, ("precision", "method")),
    "select": Filter(selected(keep=True), _CHOICE),
    "selectattr": Filter(selected(keep=True), ("attribute", *_CHOICE), needed=1),
    "sort": Filter(sort, ("reverse", "case_sensitive", "attribute")),
    "string": Filter(_string),
    "title": _of_text(_title),
    "tojson": Filter(_tojson, ("indent",)),
    "trim": Filter(_trim, ("chars",)),
    "truncate": Filter(_truncate, ("length", "killwords", "end", "leeway")),
    "unique": Filter(unique, ("case_sensitive", "attribute")),
    "upper": _of_text(str.upper),
    "wordcount": _of_text(lambda written: sum(1 for _ in _WORD.finditer(written))),
}
