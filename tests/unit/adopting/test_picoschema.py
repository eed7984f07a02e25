"""Facts about dotprompt's short schemas."""

import pytest

from evalgate.adopting.picoschema import is_picoschema, read_picoschema
from evalgate.model.document import Data


def test_fields_are_required_unless_marked() -> None:
    schema = read_picoschema({"name": "string, the full name", "age?": "integer"})
    assert schema == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "the full name"},
            "age": {"type": "integer"},
        },
        "required": ["name"],
        "additionalProperties": False,
    }


def test_arrays_objects_and_choices_are_read() -> None:
    schema = read_picoschema(
        {
            "tags(array, some words)": "string",
            "size?(enum)": ["S", "L"],
            "from(object)": {"street": "string"},
        }
    )
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert properties["tags"] == {
        "type": "array",
        "items": {"type": "string"},
        "description": "some words",
    }
    assert properties["size"] == {"enum": ["S", "L"]}
    assert isinstance(properties["from"], dict)
    assert properties["from"]["required"] == ["street"]


def test_a_wildcard_allows_further_fields() -> None:
    assert read_picoschema({"(*)": "number"})["additionalProperties"] == {"type": "number"}


def test_any_is_no_restriction() -> None:
    assert read_picoschema("any") == {}


@pytest.mark.parametrize("schema", ["text", {"a": "strnig"}, {"a(list)": "string"}, 5])
def test_what_is_not_known_is_an_error(schema: Data) -> None:
    with pytest.raises(ValueError, match=r"known|expected"):
        read_picoschema(schema)


def test_a_json_schema_is_left_alone() -> None:
    assert not is_picoschema({"type": "object", "properties": {}})
    assert is_picoschema({"type": "string"})
    assert is_picoschema({"name": "string"})
