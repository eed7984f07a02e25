"""JSON Schemas: compiled once, matched in linear time, and never fetched from anywhere."""

from collections.abc import Mapping
from functools import lru_cache

from jsonschema_rs import RegexOptions, ValidationError, Validator, validator_for

from evalgate.grading.grades import shorten
from evalgate.grading.json_text import canonical
from evalgate.model.document import Data
from evalgate.model.reading import spell


class SchemaError(ValueError):
    """A schema that cannot be used; the message says why."""


def violation(schema: Mapping[str, Data], data: Data) -> str | None:
    """Return the first thing in the data that the schema forbids, or None.

    Raises:
        SchemaError: when the schema itself is wrong; see `schema_fault`.
    """
    try:
        first = next(_compiled(canonical(dict(schema))).iter_errors(data), None)
    except (ValueError, RecursionError) as error:
        if isinstance(error, SchemaError):
            raise
        return f"the value cannot be checked ({shorten(str(error), 80)})"
    return None if first is None else _sentence(first)


def schema_fault(schema: Mapping[str, Data]) -> str | None:
    """Say what is wrong with a schema, or None when answers can be checked against it."""
    try:
        _compiled(canonical(dict(schema)))
    except ValueError as error:
        return str(error)
    return None


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
