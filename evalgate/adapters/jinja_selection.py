"""The filters of Jinja templates that work on lists: choose, order, gather, join."""

from collections.abc import Callable, Mapping

from evalgate.adapters.jinja_predicates import ask
from evalgate.adapters.jinja_run import MAX_OUTPUT, Missing, Run, Unfit, Value
from evalgate.adapters.jinja_values import along, items, kind, number, present, text
from evalgate.model.document import Data
from evalgate.model.template import as_text

Given = Mapping[str, Data]


def join(run: Run, value: Value, given: Given) -> Data:
    """Put the items of a list into one text, with something between them."""
    between = text(given.get("d", ""))
    parts: list[str] = []
    length = 0
    for item in _reached(run, value, given):
        run.walk(item)
        parts.append(as_text(item))
        length += len(parts[-1]) + len(between)
        run.spend_text(len(between))
        if length > MAX_OUTPUT:
            raise Unfit(f"makes a text of more than {MAX_OUTPUT:,} characters")
    return between.join(parts)


def sort(run: Run, value: Value, given: Given) -> Data:
    """Put a list in order, letter case aside unless it is asked for."""
    held = items(run, present(value))
    keys = [_order_key(key, given) for key in _reached(run, value, given)]
    kinds = {kind(key) for key in keys}
    if len(kinds) > 1 or not kinds <= {"a number", "a text"}:
        said = " and ".join(sorted(kinds))
        raise Unfit(f"`sort` expects numbers alone or texts alone, got {said}")
    # Texts with a long common beginning take long to compare.
    rounds = max(1, len(keys).bit_length())
    for key in keys:
        run.spend_text(rounds * len(as_text(key)))
    order = sorted(
        range(len(keys)), key=lambda place: _by(keys[place]), reverse=bool(given.get("reverse"))
    )
    return [held[place] for place in order]


def unique(run: Run, value: Value, given: Given) -> Data:
    """Leave out of a list what stood in it before, letter case aside unless it is asked for."""
    held = items(run, present(value))
    seen: set[str] = set()
    kept: list[Data] = []
    for item, reached in zip(held, _reached(run, value, given), strict=True):
        run.walk(reached)
        key = _order_key(reached, given)
        # 1 and 1.0 are equal; a text is never equal to a number.
        mark = f"text {key}" if isinstance(key, str) else as_text(_plain(key))
        if mark not in seen:
            seen.add(mark)
            kept.append(item)
    return kept


def dictsort(run: Run, value: Value, given: Given) -> Data:
    """Return the pairs of a mapping, ordered by key or by value."""
    held = present(value)
    if not isinstance(held, dict):
        raise Unfit(f"`dictsort` expects a mapping, got {kind(held)}")
    by = given.get("by", "key")
    if by not in ("key", "value"):
        raise Unfit("`dictsort` orders by key or by value")
    run.spend(len(held))
    pairs: list[Data] = [[key, item] for key, item in held.items()]
    return sort(run, pairs, {**given, "attribute": 0 if by == "key" else 1})


def listed(run: Run, value: Value, _given: Given) -> Data:
    """Return the items of a list, the keys of a mapping, or the characters of a text."""
    held = present(value)
    if isinstance(held, str):
        run.spend(len(held))
        return list(held)
    return items(run, held)


def mapped(run: Run, value: Value, given: Given) -> Data:
    """Return what each item of a list holds under an attribute."""
    found: list[Data] = []
    for item in items(run, present(value)):
        reached = along(item, given["attribute"])
        if isinstance(reached, Missing) and "default" in given:
            reached = given["default"]
        found.append(present(reached))
    return found


def selected(*, keep: bool) -> Callable[[Run, Value, Given], Value]:
    """Return the filter that keeps, or leaves out, the items that a test is true of."""

    def apply(run: Run, value: Value, given: Given) -> Value:
        return [item for item in items(run, present(value)) if _passes(run, item, given) is keep]

    return apply


def _passes(run: Run, item: Data, given: Given) -> bool:
    held = along(item, given["attribute"]) if "attribute" in given else item
    run.spend()
    if "test" not in given:
        return bool(present(held))
    arguments = [given["argument"]] if "argument" in given else []
    return ask(run, text(given["test"]), held, given=arguments)


def _reached(run: Run, value: Value, given: Given) -> list[Data]:
    held = items(run, present(value))
    attribute = given.get("attribute")
    return held if attribute is None else [present(along(item, attribute)) for item in held]


def _order_key(key: Data, given: Given) -> Data:
    return key.lower() if isinstance(key, str) and not given.get("case_sensitive") else key


def _by(key: Data) -> tuple[float, str]:
    return (0, key) if isinstance(key, str) else (number(key), "")


def _plain(key: Data) -> Data:
    return int(key) if isinstance(key, float) and key.is_integer() else key
