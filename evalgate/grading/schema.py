"""JSON Schemas: compiled once, bounded in size, and never fetched from anywhere."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache

from jsonschema_rs import RegexOptions, ValidationError, Validator, validator_for

from evalgate.grading.grades import shorten
from evalgate.grading.json_text import canonical
from evalgate.grading.schema_size import expanded_size
from evalgate.model.document import Data
from evalgate.model.reading import spell

MOST_CHARACTERS = 100_000
"""The largest schema, written as compact JSON."""

MOST_EXPANDED = 1_000_000
"""The largest schema with its references written out, in mappings."""

MOST_DETAIL = 100_000_000
"""Length of schema × length of value up to which alternatives are explained one by one."""

_ALTERNATIVES = frozenset(
    ("anyOf", "oneOf", "not", "if", "then", "else", "contains", "unevaluatedProperties")
) | {"unevaluatedItems", "maxContains", "minContains"}
_NAMED = frozenset(
    ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
)
_LITERAL = frozenset(("enum", "const", "default", "examples"))
_REFERENCES = ('"$ref"', '"$dynamicRef"', '"$recursiveRef"')


class SchemaError(ValueError):
    """A schema that cannot be used; the message says why."""


def violation(schema: Mapping[str, Data], data: Data) -> str | None:
    """Return one thing in the data that the schema forbids, or None.

    Raises:
        SchemaError: when the schema itself is wrong; see `schema_fault`.
    """
    written = canonical(dict(schema))
    try:
        if _compiled(written).is_valid(data):
            return None
        return _explained(written, data)
    except (ValueError, RecursionError) as error:
        if isinstance(error, SchemaError):
            raise
        return f"the value cannot be checked ({shorten(str(error), 80)})"


def fitting(schema: Mapping[str, Data]) -> Callable[[Data], bool]:
    """Return what tells whether data fit a schema, which is compiled here and now.

    Raises:
        SchemaError: when the schema itself is wrong; see `schema_fault`.
    """
    compiled = _compiled(canonical(dict(schema)))

    def fits(data: Data) -> bool:
        try:
            return compiled.is_valid(data)
        except (ValueError, RecursionError):
            return False

    return fits


def schema_fault(schema: Mapping[str, Data]) -> str | None:
    """Say what is wrong with a schema, or None when answers can be checked against it."""
    try:
        written = canonical(dict(schema))
        if len(written) > MOST_CHARACTERS:
            return f"it has {len(written):,} characters; at most {MOST_CHARACTERS:,} can be"
        if expanded_size(schema) > MOST_EXPANDED:
            return f"its references, written out, make more than {MOST_EXPANDED:,} schemas"
        _compiled(written)
    except ValueError as error:
        return str(error)
    except RecursionError:
        return "it is nested too deeply"
    return None


def _explained(written: str, data: Data) -> str:
    """Return what is wrong with data that is not valid under a schema.

    The library explains alternatives by the errors of every branch, which through references can
    be millions. Where that could get large, the schema is taken without its alternatives.
    """
    small = len(written) * len(json.dumps(data)) <= MOST_DETAIL
    exact = small and not any(reference in written for reference in _REFERENCES)
    try:
        _compiled(written if exact else _plain(written)).validate(data)
    except ValidationError as error:
        return _sentence(error)
    except SchemaError:  # a reference leads into an alternative that was left out
        pass
    return "at the answer: the value fits none of the alternatives that the schema leaves"


@lru_cache(maxsize=1024)
def _plain(written: str) -> str:
    return canonical(_without_alternatives(json.loads(written)))


def _without_alternatives(schema: Data) -> Data:
    """Return a schema that allows all that the given one does, and names no alternatives.

    Only what can be left out alone is: what breaks the rest breaks the given schema too.
    """
    if isinstance(schema, list):
        return [_without_alternatives(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain: dict[str, Data] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, dict):
            plain[key] = {name: _without_alternatives(part) for name, part in value.items()}
        elif key in _LITERAL:
            plain[key] = value
        elif key not in _ALTERNATIVES:
            plain[key] = _without_alternatives(value)
    return plain


# Compiling costs far more than matching, and every trial of a case asks for the same schema.
@lru_cache(maxsize=1024)
def _compiled(schema: str) -> Validator:
    try:
        return validator_for(schema, retriever=_refuse, pattern_options=RegexOptions())
    except ValidationError as error:
        place = spell(tuple(error.instance_path))
        message = shorten(error.message, 160)
        hint = "; look-around and back-references are not supported" if "regex" in message else ""
        raise SchemaError(f"{place}: {message}{hint}" if place else f"{message}{hint}") from None


def _refuse(uri: str) -> dict[str, Data]:
    raise LookupError(f"references outside the schema are not followed: {uri}")


def _sentence(error: ValidationError) -> str:
    place = spell(tuple(error.instance_path)) or "the answer"
    # Messages quote the value they are about, which can be the whole answer.
    if len(error.message) <= 120:
        return f"at {place}: {error.message}"
    return f"at {place}: the value breaks the rule `{error.kind.name}`"
