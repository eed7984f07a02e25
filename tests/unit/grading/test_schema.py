from pathlib import Path

from inline_snapshot import snapshot

from evalgate.grading.schema import schema_fault, violation
from evalgate.model.document import Data

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
