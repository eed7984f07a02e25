"""Facts about answers that should be JSON."""

import pytest

from evalgate.model.document import Data
from evalgate.model.smell import Smell
from evalgate.runtime.smelling.smell_json import json_smells


def has_reply(data: Data) -> bool:
    return isinstance(data, dict) and "reply" in data


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"reply": 1}', []),
        ("{}", [Smell.SCHEMA]),
        ("42", [Smell.SCHEMA]),
        ('Sure: {"reply": 1}', [Smell.NOT_JSON]),
        ('```json\n{"reply": 1}\n```', [Smell.FENCED]),
        ('  ```\n{"reply": 1}\n```\n', [Smell.FENCED]),
        ('Sure:\n```\n{"reply": 1}\n```', [Smell.FENCED, Smell.NOT_JSON]),
        ('```json\n{"reply": 1}', [Smell.NOT_JSON]),
        ("```", [Smell.NOT_JSON]),
        ("``````", [Smell.NOT_JSON]),
        ("```json```", [Smell.NOT_JSON]),
    ],
)
def test_json_is_wanted_from_the_first_to_the_last_character(text: str, found: list[Smell]) -> None:
    assert list(json_smells(text, has_reply)) == found


def test_without_a_schema_any_json_will_do() -> None:
    assert list(json_smells("[]", None)) == []


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 100_000, "{" * 100_000, '"\ud800'])
def test_hostile_json_is_just_no_json(text: str) -> None:
    assert list(json_smells(text, has_reply)) == [Smell.NOT_JSON]
