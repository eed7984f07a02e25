"""JSON as text: reads a whole answer, compares what it says, and writes values."""

import json
from collections import Counter
from dataclasses import dataclass

from evalgate.grading.grades import quote
from evalgate.model.document import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJson:
    """Why a text cannot be read as JSON, as the rest of a sentence."""

    reason: str


def parse_json(text: str) -> Data | NotJson:
    """Read a text that must be JSON from its first to its last character.

    Stricter than `json.loads`: NaN and Infinity are no JSON, and an object that names a key twice
    means different things to different readers.
    """
    try:
        data: Data = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        return NotJson(reason=_wrong_at(text, error.pos))
    except RecursionError:
        return NotJson(reason="is not readable as JSON (nested too deeply)")
    except ValueError as error:
        return NotJson(reason=f"is not readable as JSON ({error})")
    return data


def same_value(left: Data, right: Data) -> bool:
    """Tell whether two values are the same JSON: 1 equals 1.0, but true does not equal 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same_value(value, right[key]) for key, value in left.items()
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_value, left, right))
    return left == right


def holds_all(value: Data, wanted: Data) -> bool:
    """Tell whether a value holds all of another: of mappings each key, anything else as it is."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(key in value and holds_all(value[key], each) for key, each in wanted.items())
    return same_value(value, wanted)


def as_text(value: Data) -> str:
    """Write a value into a text: texts as they stand, anything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def canonical(value: Data) -> str:
    """Write a value so that equal values give equal texts; NaN and infinities raise ValueError."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _wrong_at(text: str, position: int) -> str:
    rest = text[position:]
    if not text.strip():
        return "is empty, where JSON was expected"
    if not rest.strip():
        return "is not JSON: it ends too early"
    return f"is not JSON at character {position + 1}: {quote(rest)}"


def _refuse(word: str) -> Data:
    raise ValueError(f"{word} is no JSON number")


def _unique(pairs: list[tuple[str, Data]]) -> dict[str, Data]:
    data = dict(pairs)
    if len(data) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise ValueError(f"the key `{twice[:40]}` appears twice")
    return data
