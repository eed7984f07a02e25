"""Whether two versions ask a model the same, whatever else stands in their files."""

import json
from collections.abc import Mapping

from evalgate.model.document import Data
from evalgate.model.prompt import PromptVersion
from evalgate.model.template import Template


def asks_alike(one: PromptVersion, other: PromptVersion) -> bool:
    """Return whether two versions differ in nothing that is sent, for any case.

    Versions that include shared files are never taken for alike: those files may differ.
    """
    if one.dependencies or other.dependencies:
        return False
    return _sent(one) == _sent(other)


def _sent(version: PromptVersion) -> tuple[object, ...]:
    return (
        version.model,
        version.max_tokens,
        version.effort,
        _written(version.output_schema),
        tuple((tool.name, tool.description, _written(tool.input_schema)) for tool in version.tools),
        version.inputs,
        version.kinds,
        _text(version.system),
        tuple((part.role, part.conversation, _text(part.template)) for part in version.parts),
    )


def _written(schema: Mapping[str, Data] | None) -> str:
    """Return a schema as it is sent: models answer in the order of its keys, and 1 is not true."""
    return json.dumps(None if schema is None else dict(schema))


def _text(template: Template | None) -> tuple[str, str] | None:
    return None if template is None else (type(template).__name__, template.source)
