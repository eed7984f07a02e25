"""Facts about the JSON Schemas for editors: they accept what the readers accept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.model.document import Data

ROOT = Path(__file__).parents[2]
POLICY = json.loads((ROOT / "evalgate/schemas/policy.schema.json").read_text("utf-8"))
PLACES = [
    (section, key)
    for section, part in POLICY["properties"].items()
    if "properties" in part
    for key in part["properties"]
]


def accepts(data: Data) -> bool:
    """Return whether the reader takes a policy."""
    content = json.dumps(data).encode()
    try:
        read_policy(read_yaml("policy.yml", content), content)
    except ConfigurationError:
        return False
    return True


def suits(data: Data) -> bool:
    """Return whether the schema takes a policy."""
    return validator_for(POLICY).is_valid(data)


def documented() -> Iterator[str]:
    for line in (ROOT / "docs/policy.md").read_text("utf-8").splitlines():
        if line.startswith("| `") and "." in line.split("`")[1]:
            yield line.split("`")[1]


def test_the_schema_knows_exactly_the_documented_keys() -> None:
    assert sorted(documented()) == sorted(f"{section}.{key}" for section, key in PLACES)


@pytest.mark.parametrize(("section", "key"), PLACES)
def test_every_default_suits_schema_and_reader(section: str, key: str) -> None:
    policy: Data = {section: {key: POLICY["properties"][section]["properties"][key]["default"]}}
    assert suits(policy)
    assert accepts(policy)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 130)
    | st.floats(0, 60).map(lambda value: round(value, 3)).filter(lambda value: value % 1 > 0)
    | st.sampled_from(["auto", "suite", "low", "block", "warn", "prompts", "nonsense"])
    | st.lists(st.sampled_from(["a", "b"]), max_size=2)
)


@given(st.sampled_from(PLACES), VALUES)
def test_schema_and_reader_agree_about_any_value(place: tuple[str, str], value: Data) -> None:
    section, key = place
    policy: Data = {section: {key: value}}
    if key == "prompts" and value == "":
        return
    assert suits(policy) == accepts(policy)


def test_an_unknown_key_suits_neither() -> None:
    wrong: tuple[Data, ...] = ({"gates": {}}, {"gate": {"max_dorp": 5}}, {"judge": {"modle": "x"}})
    for policy in wrong:
        assert not suits(policy)
        assert not accepts(policy)
