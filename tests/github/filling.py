"""Completes an answer with the many required members that evalgate never reads."""

from collections.abc import Mapping

from evalgate.model.document import Data
from tests.github.contract import follow, part

PLAIN: Mapping[str, Data] = {
    "array": [],
    "boolean": False,
    "integer": 1,
    "number": 1,
    "string": "",
}
FORMATS: Mapping[str, Data] = {
    "date-time": "2026-01-01T00:00:00Z",
    "uri": "https://api.github.com/filled",
}


def filled(name: str, /, **given: Data) -> dict[str, Data]:
    """Return an object of a schema: the given members, and plain values for the others it requires.

    Raises:
        KeyError: a given member is not one of the schema.
    """
    schema = follow(part("components", "schemas", name))
    properties = schema["properties"]
    assert isinstance(properties, dict)
    strangers = set(given) - set(properties)
    if strangers:
        raise KeyError(f"{name} has no {', '.join(sorted(strangers))}")
    return {**_object(schema), **given}


def _object(schema: Mapping[str, Data]) -> dict[str, Data]:
    required, properties = schema.get("required", []), schema.get("properties", {})
    assert isinstance(required, list)
    assert isinstance(properties, dict)
    return {str(each): _value(properties[str(each)]) for each in required}


def _value(schema: Data) -> Data:
    known = follow(schema)
    if known.get("nullable"):
        return None
    for choice in ("enum", "oneOf", "anyOf"):
        options = known.get(choice)
        if isinstance(options, list):
            return options[0] if choice == "enum" else _value(options[0])
    if known.get("type", "object") == "object":
        return _object(known)
    return FORMATS.get(str(known.get("format")), PLAIN[str(known["type"])])
