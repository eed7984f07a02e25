from pathlib import Path
from time import process_time

from inline_snapshot import snapshot

from evalgate.grading.schema import MOST_CHARACTERS, schema_fault, violation
from evalgate.model.document import Data
from tests.machine import slowness

REPLY: dict[str, Data] = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"minimum": 1}}},
    "additionalProperties": False,
}


def test_data_under_the_schema_has_no_violation() -> None:
    assert violation(REPLY, {"city": "Rome", "days": [1, 2]}) is None


def test_a_violation_names_the_place_and_what_is_wrong() -> None:
    assert violation(REPLY, {"city": "Rome", "days": [1, 0]}) == snapshot(
        "at days[1]: 0 is less than the minimum of 1"
    )
    assert violation(REPLY, {}) == snapshot('at the answer: "city" is a required property')


def test_a_violation_does_not_repeat_a_long_answer() -> None:
    broken = violation(REPLY, ["very long"] * 1000)
    assert broken == snapshot("at the answer: the value breaks the rule `type`")


def test_a_schema_without_a_draft_is_read_as_2020_12() -> None:
    pair: dict[str, Data] = {"prefixItems": [{"type": "string"}, {"type": "integer"}]}
    assert violation(pair, ["a", 1]) is None
    assert violation(pair, ["a", "b"]) is not None


def test_a_schema_may_name_an_older_draft() -> None:
    pair: dict[str, Data] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "items": [{"type": "string"}],
    }
    assert violation(pair, [1]) is not None


def test_patterns_take_linear_time() -> None:
    slow: dict[str, Data] = {"pattern": "^(a+)+$"}
    assert violation(slow, "a" * 50_000 + "b") is not None


def test_a_schema_with_an_unknown_type_is_at_fault() -> None:
    assert schema_fault({"properties": {"a": {"type": "objekt"}}}) == snapshot(
        """\
properties.a.type: "objekt" is not valid under any of the schemas listed in the 'anyOf' keyword\
"""
    )


def test_a_pattern_with_look_around_is_at_fault() -> None:
    assert schema_fault({"pattern": "(?=a)b"}) == snapshot(
        """\
pattern: "(?=a)b" is not a "regex"; look-around and back-references are not supported\
"""
    )


def test_references_inside_the_schema_work() -> None:
    tree: dict[str, Data] = {
        "$defs": {"node": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
        "$ref": "#/$defs/node",
    }
    assert violation(tree, [[], [[]]]) is None
    assert violation(tree, [[1]]) is not None


def test_references_to_the_outside_are_refused(tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text('{"type": "object"}', "utf-8")
    for reference in (there.as_uri(), "http://127.0.0.1:9/a.json", "other.json"):
        assert schema_fault({"$ref": reference}) is not None


def test_a_schema_without_fault_says_so() -> None:
    assert schema_fault(REPLY) is None


def test_an_answer_too_deep_to_compare_is_a_violation() -> None:
    deep: Data = 1
    for _ in range(900):
        deep = [deep]
    assert violation({"enum": [1]}, deep) == snapshot(
        "the value cannot be checked (Recursion limit reached)"
    )


def test_a_lone_surrogate_is_a_violation_and_no_crash() -> None:
    broken = violation({"type": "string", "pattern": "^a"}, "\ud800")
    assert broken is not None
    assert broken.startswith("the value cannot be checked")


def nested_alternatives(levels: int) -> dict[str, Data]:
    defs: dict[str, Data] = {"a0": {"type": "string"}}
    for level in range(1, levels + 1):
        defs[f"a{level}"] = {"anyOf": [{"$ref": f"#/$defs/a{level - 1}"}] * 3}
    return {"$defs": defs, "properties": {"city": {"$ref": f"#/$defs/a{levels}"}}}


def test_alternatives_of_alternatives_are_not_explained_one_by_one() -> None:
    start = process_time()
    assert violation(nested_alternatives(12), {"city": 5}) == snapshot(
        "at the answer: the value fits none of the alternatives that the schema leaves"
    )
    assert process_time() - start < 4 * slowness()


def test_beside_references_what_is_plainly_wrong_is_still_named() -> None:
    schema = nested_alternatives(12) | {"required": ["city"]}
    assert violation(schema, {}) == snapshot('at the answer: "city" is a required property')


def test_a_plain_alternative_is_explained_with_its_place() -> None:
    schema: dict[str, Data] = {"items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
    assert violation(schema, ["a", 1]) == snapshot(
        "at [1]: 1 is not valid under any of the schemas listed in the 'anyOf' keyword"
    )


def test_what_a_schema_forbids_by_not_is_never_taken_for_a_demand() -> None:
    schema: dict[str, Data] = {
        "$defs": {"text": {"type": "string"}},
        "not": {"$ref": "#/$defs/text"},
    }
    assert violation(schema, 5) is None
    assert violation(schema, "a") == snapshot(
        "at the answer: the value fits none of the alternatives that the schema leaves"
    )


def test_a_reference_into_an_alternative_is_no_crash() -> None:
    schema: dict[str, Data] = {"anyOf": [{"type": "string"}], "items": {"$ref": "#/anyOf/0"}}
    assert violation(schema, [5]) is not None


def test_properties_named_like_keywords_are_properties() -> None:
    schema: dict[str, Data] = {
        "$defs": {"text": {"type": "string"}},
        "properties": {"not": {"$ref": "#/$defs/text"}, "enum": {"type": "integer"}},
    }
    assert violation(schema, {"not": 1}) == snapshot('at not: 1 is not of type "string"')
    assert violation(schema, {"enum": "a"}) == snapshot('at enum: "a" is not of type "integer"')


def test_a_very_large_schema_is_at_fault() -> None:
    fault = schema_fault({"enum": ["x" * MOST_CHARACTERS]})
    assert fault == snapshot("it has 100,013 characters; at most 100,000 can be")


def test_references_that_multiply_too_far_are_at_fault() -> None:
    assert schema_fault(nested_alternatives(10)) is None
    assert schema_fault(nested_alternatives(18)) == snapshot(
        "its references, written out, make more than 1,000,000 schemas"
    )
