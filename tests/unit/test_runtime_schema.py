"""Facts about the JSON Schema of `runtime.yml`: it accepts what the reader accepts."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.document import Data
from evalgate.model.serving import CacheKind, Mark, Prefer
from evalgate.model.smell import Smell
from evalgate.runtime.settings import read_serving

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "evalgate/schemas/runtime.schema.json").read_text("utf-8"))
TOP = SCHEMA["properties"]
SECTIONS = ("stream", "retry", "breaker", "hedge", "cache", "sampling")
PLAIN = ("schema", "prefer", "deadline", "timeout", "reserve")
NEEDED: Mapping[str, dict[str, Data]] = {"hedge": {"after": 0.05}, "cache": {"kind": "memory"}}
"""What a section must have beside the key in question."""


def accepts(data: Data) -> bool:
    """Return whether the reader takes a file."""
    try:
        read_serving(read_yaml("runtime.yml", json.dumps(data).encode()))
    except ConfigurationError:
        return False
    return True


def suits(data: Data) -> bool:
    """Return whether the schema takes a file."""
    return validator_for(SCHEMA).is_valid(data)


def leaves(keys: Mapping[str, object], path: str) -> Iterator[str]:
    for key in keys:
        yield f"{path}.{key}" if path else key


def described() -> Iterator[str]:
    yield from (key for key in TOP if "properties" not in TOP[key])
    for section in SECTIONS:
        yield from leaves(TOP[section]["properties"], section)


def documented() -> Iterator[str]:
    page = (ROOT / "docs/failover.md").read_text("utf-8")
    yield from re.findall(r"^\| `([^`]+)` \|", page.partition("## The keys")[2], re.M)


def test_the_schema_knows_exactly_the_documented_keys() -> None:
    smells = leaves(TOP["smell"]["additionalProperties"]["properties"], "smell.<prompt>")
    known = {*described(), *smells, "features.<name>"} - {"smell", "features"}
    assert known == set(documented())


def placed(section: str, key: str, value: Data) -> Data:
    """Return a file that says one thing."""
    if not section:
        return {key: value}
    return {section: {**NEEDED.get(section, {}), key: value}}


PLACES = [
    *(("", key) for key in PLAIN),
    *((section, key) for section in SECTIONS for key in TOP[section]["properties"]),
]


def default_of(section: str, key: str) -> Data:
    part = TOP[section]["properties"][key] if section else TOP[key]
    default: Data = part.get("default")
    return default


@pytest.mark.parametrize(
    ("section", "key"), [place for place in PLACES if place not in {("hedge", "after")}]
)
def test_every_default_suits_schema_and_reader_and_changes_nothing(section: str, key: str) -> None:
    default = default_of(section, key)
    if key == "kind":
        return  # what it needs beside it has it already
    written = placed(section, key, default)
    assert suits(written)
    without: Data = {section: NEEDED[section]} if section in NEEDED else {}
    assert read(written) == read(without)


def read(data: Data) -> object:
    return read_serving(read_yaml("runtime.yml", json.dumps(data).encode()))


FRACTIONS = st.floats(0, 2).map(lambda value: round(value, 3)).filter(lambda value: value % 1 > 0)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 130)
    | FRACTIONS
    | st.sampled_from([4000, 86_401, 10_000_001, 31_536_001])
    | st.sampled_from(["quality", "cost", "memory", "sqlite", "redis", "runtime/1", "x", "", " "])
    | st.lists(st.sampled_from(["a", "b"]), max_size=2)
)


def is_between_keys(section: str, key: str, value: Data) -> bool:
    """Whether what is wrong is the order of two keys, which no schema can say."""
    part = TOP[section]["properties"][key] if section else TOP[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    within = number and part.get("minimum", 0) <= value <= part.get("maximum", 0)
    bounded = {"timeout", "first_content", "between", "after", "stale", "longest_open"}
    return bool(within) and key in bounded | {"longest_pause", "deadline"}


@given(st.sampled_from(PLACES), VALUES)
def test_schema_and_reader_agree_about_any_value(place: tuple[str, str], value: Data) -> None:
    section, key = place
    written = placed(section, key, value)
    if not is_between_keys(section, key, value):
        assert suits(written) == accepts(written)
    elif not suits(written):
        assert not accepts(written)


FILES: tuple[Data, ...] = (
    None,
    {},
    {"routes": {"a": {"provider": "direct"}}},
    {"routes": {"a": {"provider": "direct", "region": None, "price_factor": 2}}},
    {"routes": {"b": {"provider": "bedrock", "region": "eu", "models": {"claude-x": "a.x"}}}},
    {"routes": {"v": {"provider": "vertex", "region": "eu", "project": "p"}}},
    {"routes": {"f": {"provider": "foundry", "resource": "r"}}},
    {"smaller": {"claude-a": "claude-b"}},
    {"smaller": {"claude-a": ["claude-b", "claude-c"], "claude-d": None}},
    {"hedge": {"after": 1}},
    {"cache": {"kind": "sqlite", "path": "a.sqlite"}},
    {"cache": {"kind": "memory", "path": ""}},
    {"smell": {"p": None, "q": {"length": [0, 5], "json": True, "ignore": "empty"}}},
    {"smell": {"p": {"ignore": ["empty", "script"], "scripts": ["Latin"]}}},
    {"sampling": {"raised": {"canary": 0.1, "slow": None}}},
    {"sampling": {"every": 100, "rate": None}},
    {"sampling": {"every": None, "rate": 0.01}},
    {"features": {"a": None, "b": {"cache": False, "hedge": {"after": 1}, "deadline": 9}}},
    {"features": {"a": {"cache": {"kind": "memory"}, "prefer": "cost", "stream": {}}}},
    {"cache": {"kind": "memory"}, "features": {"a": {"cache": {"ttl": 1}}}},
    {"cache": {"kind": "memory"}, "features": {"a": {"cache": True}}},
    {"hedge": {"after": 1}, "features": {"a": {"hedge": {"share": 0}}}},
)
WRONG: tuple[Data, ...] = (
    [],
    {"rotues": {}},
    {"schema": "runtime/2"},
    {"routes": {}},
    {"routes": {" ": {"provider": "direct"}}},
    {"routes": {"a": {}}},
    {"routes": {"a": {"provider": "azure"}}},
    {"routes": {"a": {"provider": "direct", "region": "eu"}}},
    {"routes": {"b": {"provider": "bedrock", "region": "eu"}}},
    {"routes": {"b": {"provider": "bedrock", "models": {"claude-x": "a.x"}}}},
    {"routes": {"b": {"provider": "bedrock", "region": "eu", "models": {"claude-x": " "}}}},
    {"routes": {"v": {"provider": "vertex", "region": "eu"}}},
    {"routes": {"f": {"provider": "foundry", "project": "p"}}},
    {"smaller": {"claude-a": [5]}},
    {"smaller": {f"claude-{index}": "claude-b" for index in range(101)}},
    {"hedge": {"share": 0.1}},
    {"hedge": {}},
    {"cache": {"ttl": 5}},
    {"cache": False},
    {"cache": {"kind": "sqlite"}},
    {"cache": {"kind": "redis", "path": "a"}},
    {"smell": {"p": {"length": [5]}}},
    {"smell": {"p": {"length": [True, 5]}}},
    {"smell": {"p": {"length": [-1, 5]}}},
    {"smell": {"p": {"ignore": ["bad_breath"]}}},
    {"smell": {"p": {"lenght": [0, 5]}}},
    {"sampling": {"raised": {"rare": 0.1}}},
    {"sampling": {"raised": {"canary": 2}}},
    {"sampling": {"every": 100, "rate": 0.01}},
    {"sampling": {"every": 0}},
    {"sampling": {"every": 2.5}},
    {"features": {"a": {"retry": {}}}},
    {"features": {"a": {"hedge": {"afetr": 1}}}},
    {"features": {"a": {"cache": {"kind": "disk"}}}},
)


@pytest.mark.parametrize("data", FILES, ids=str)
def test_a_file_that_is_read_suits_the_schema(data: Data) -> None:
    assert accepts(data)
    assert suits(data)


@pytest.mark.parametrize("data", WRONG, ids=lambda data: str(data)[:60])
def test_a_wrong_file_suits_neither_schema_nor_reader(data: Data) -> None:
    assert not accepts(data)
    assert not suits(data)


def test_the_words_of_the_schema_are_those_of_the_code() -> None:
    smell = TOP["smell"]["additionalProperties"]["properties"]["ignore"]["anyOf"]
    assert smell[0]["enum"] == smell[1]["items"]["enum"] == list(Smell)
    assert set(TOP["sampling"]["properties"]["raised"]["properties"]) == set(Mark)
    assert TOP["cache"]["properties"]["kind"]["enum"] == list(CacheKind)
    assert TOP["prefer"]["enum"] == [*Prefer, None]
    feature = TOP["features"]["additionalProperties"]["properties"]
    assert set(feature) == {"prefer", "deadline", "timeout", "stream", "reserve", "hedge", "cache"}


def test_a_feature_has_the_limits_of_the_whole() -> None:
    feature = TOP["features"]["additionalProperties"]["properties"]
    for key in ("deadline", "timeout", "reserve"):
        limits = {"minimum": TOP[key]["minimum"], "maximum": TOP[key]["maximum"]}
        assert feature[key].items() >= limits.items()
        assert "default" not in feature[key]
    for key in ("after", "share"):
        mine, all_ = feature["hedge"]["properties"][key], TOP["hedge"]["properties"][key]
        assert (mine["minimum"], mine["maximum"]) == (all_["minimum"], all_["maximum"])
