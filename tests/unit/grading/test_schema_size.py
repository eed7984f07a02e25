import pytest

from evalgate.grading.schema_size import expanded_size
from evalgate.model.document import Data


@pytest.mark.parametrize(
    ("schema", "size"),
    [
        ({}, 1),
        ({"items": {"type": "string"}}, 2),
        ({"anyOf": [{}, {}]}, 3),
        ({"enum": [{}, {}], "$defs": {"a": {}}}, 1),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"items": {}}}}, 3),
        ({"allOf": [{"$ref": "#/$defs/a~1b"}], "$defs": {"a/b": {"items": {}}}}, 4),
        ({"items": {"$ref": "#/items/anyOf/1", "anyOf": [{}, {"not": {}}]}}, 7),
        ({"$ref": "other.json"}, 1),
        ({"$ref": "#/gone"}, 1),
    ],
)
def test_references_count_with_what_they_lead_to(schema: dict[str, Data], size: int) -> None:
    assert expanded_size(schema) == size


def test_a_way_back_is_followed_once() -> None:
    tree: dict[str, Data] = {"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    assert expanded_size(tree) < 20


def test_references_to_references_multiply() -> None:
    defs: dict[str, Data] = {"a0": {}}
    for level in range(1, 19):
        defs[f"a{level}"] = {"anyOf": [{"$ref": f"#/$defs/a{level - 1}"}] * 3}
    assert expanded_size({"$defs": defs, "$ref": "#/$defs/a18"}) > 3**18
