"""Reads the short schemas of dotprompt front matter into JSON Schemas."""

import re
from collections.abc import Mapping

from evalgate.model.document import Data

_TYPES = ("string", "number", "integer", "boolean", "null", "any")
_REST = "(*)"
_KEY = re.compile(r"(?P<name>[^()?]+)(?P<optional>\?)?(?:\((?P<kind>[^)]*)\))?")


def is_picoschema(schema: Data) -> bool:
    """Return whether a schema is in the short form rather than a JSON Schema."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        return not ("$schema" in schema or "properties" in schema or kind in ("object", "array"))
    return isinstance(schema, str)


def read_picoschema(schema: Data) -> dict[str, Data]:
    """Return the JSON Schema that a short schema stands for.

    Raises:
        ValueError: when a type or a kind of field is not known.
    """
    if isinstance(schema, str):
        return _scalar(schema)
    if isinstance(schema, dict):
        return _object(schema)
    raise ValueError("expected a type or a mapping of fields")


def _object(fields: Mapping[str, Data]) -> dict[str, Data]:
    properties: dict[str, Data] = {}
    required: list[Data] = []
    rest: Data = False
    for key, value in fields.items():
        if key == _REST:
            rest = read_picoschema(value)
            continue
        found = _KEY.fullmatch(key)
        if found is None:
            raise ValueError(f"the field `{key}` cannot be read")
        name = found["name"].strip()
        properties[name] = _field(found["kind"], value)
        if not found["optional"]:
            required.append(name)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": rest,
    }


def _field(kind: str | None, value: Data) -> dict[str, Data]:
    """Return the schema of one field; `kind` is what stands in brackets behind its name."""
    if kind is None:
        return read_picoschema(value)
    word, _, description = (part.strip() for part in kind.partition(","))
    if word == "array":
        schema: dict[str, Data] = {"type": "array", "items": read_picoschema(value)}
    elif word == "object":
        schema = read_picoschema(value)
    elif word == "enum" and isinstance(value, list):
        schema = {"enum": value}
    else:
        raise ValueError(f"the kind `{word}` is not known")
    return {**schema, "description": description} if description else schema


def _scalar(text: str) -> dict[str, Data]:
    word, _, description = (part.strip() for part in text.partition(","))
    if word not in _TYPES:
        raise ValueError(f"the type `{word}` is not known")
    schema: dict[str, Data] = {} if word == "any" else {"type": word}
    return {**schema, "description": description} if description else schema
