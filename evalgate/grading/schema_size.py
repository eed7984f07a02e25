"""Bounds what a JSON Schema grows to when its references are followed."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from evalgate.model.document import Data

_ASIDE = frozenset(("$defs", "definitions", "enum", "const", "default", "examples"))


def expanded_size(schema: Mapping[str, Data]) -> int:
    """Return how many mappings a schema has when every reference is written out.

    References that lead back to themselves are followed once; those to anchors and to other
    schemas are not.
    """
    sizes: dict[str, int] = {}

    def size(node: Data) -> int:
        if isinstance(node, list):
            return sum(map(size, node))
        if not isinstance(node, dict):
            return 0
        parts = sum(size(part) for key, part in node.items() if key not in _ASIDE)
        return 1 + parts + sum(map(referred, _references(node)))

    def referred(pointer: str) -> int:
        if pointer not in sizes:
            sizes[pointer] = 0  # as long as it is worked out, a way back to it counts for nothing
            sizes[pointer] = size(_target(dict(schema), pointer))
        return sizes[pointer]

    return size(dict(schema))


def _references(node: Mapping[str, Data]) -> Iterator[str]:
    for key in ("$ref", "$dynamicRef"):
        value = node.get(key)
        if isinstance(value, str) and value.startswith("#"):
            yield value


def _target(schema: Data, pointer: str) -> Data:
    """Return what a JSON pointer in a fragment points to (RFC 6901), or nothing."""
    node = schema
    for part in pointer[1:].split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(key)
        elif isinstance(node, list) and key.isdecimal() and len(key) < 9 and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node
