"""Facts about the JSON Schemas for editors: they accept what the readers accept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.grading.cases import KEYS as CASE_KEYS
from evalgate.grading.defaults import KEYS as DEFAULT_KEYS
from evalgate.grading.evalset import KEYS as SET_KEYS
from evalgate.grading.evalset import read_evalset
from evalgate.grading.graders import KINDS
from evalgate.model.document import Data

ROOT = Path(__file__).parents[2]
SETS = [*(ROOT / "evalsets").glob("*.yaml"), *(ROOT / "evalgate/starter/evalsets").glob("*.yaml")]
EVALSET = json.loads((ROOT / "evalgate/schemas/evalset.schema.json").read_text("utf-8"))
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


def is_too_long(key: str, value: Data) -> bool:
    """Return whether no rollout could keep a time, with the usual ones beside it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    most = {"full_after_hours": 72, "bake_minutes": 1440}
    return 0 < value < 8 if key == "deadline_hours" else value > most.get(key, value)


@given(st.sampled_from(PLACES), VALUES)
def test_schema_and_reader_agree_about_any_value(place: tuple[str, str], value: Data) -> None:
    section, key = place
    policy: Data = {section: {key: value}}
    if (key == "prompts" and value == "") or (key == "route" and value):
        return  # what a route must be the name of, no schema can say
    if is_too_long(key, value):
        return  # nor which times fit together
    assert suits(policy) == accepts(policy)


def test_an_unknown_key_suits_neither() -> None:
    wrong: tuple[Data, ...] = ({"gates": {}}, {"gate": {"max_dorp": 5}}, {"judge": {"modle": "x"}})
    for policy in wrong:
        assert not suits(policy)
        assert not accepts(policy)


def test_the_schema_of_eval_sets_knows_exactly_the_graders() -> None:
    kinds = set(EVALSET["$defs"]["grader"]["properties"]) - {"not", "name", "required", "weight"}
    assert kinds == set(KINDS)
    assert set(EVALSET["$defs"]["grader"]["properties"]["not"]["properties"]) == kinds


def test_the_schema_of_eval_sets_knows_exactly_the_keys() -> None:
    assert set(EVALSET["properties"]) == set(SET_KEYS)
    assert set(EVALSET["$defs"]["case"]["properties"]) == set(CASE_KEYS)
    assert set(EVALSET["properties"]["defaults"]["properties"]) == set(DEFAULT_KEYS)


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_our_own_eval_sets_suit_the_schema(path: Path) -> None:
    data = read_yaml(str(path), path.read_bytes()).data
    assert validator_for(EVALSET).is_valid(data)


GRADERS: tuple[Data, ...] = (
    {"contains": "x"},
    {"contains": 5},
    {"contains_any": ["x", 5]},
    {"not": {"icontains": "x"}, "name": "n", "weight": 0.5, "required": False},
    {"json": "whole"},
    {"json_path": {"path": "$.a", "equals": None}},
    {"number": {"equals": 5, "within": 0.1}},
    {"number": 5},
    {"words": {"max": 5}},
    {"length": 5},
    {"edit_distance": {"to": "x", "max": 2}},
    {"refusal": True},
    {"language": ["de", "fr"]},
    {"script": "Latin"},
    {"latency_ms": 2000},
    {"cost_usd": 0.01},
    {"stop_reason": "end_turn"},
    {"tool_called": {"name": "find", "arguments": {"a": 1}}},
    {"rubric": "Is kind"},
    {"rubric": ["Is kind", {"criterion": "Is short", "required": False}]},
    {"rubric": {"template": ["tone", "safety"], "tone": "calm"}},
    {"python": "own:check"},
)
WRONG_GRADERS: tuple[Data, ...] = (
    {"contian": "x"},
    {"contains": ""},
    {"contains": "x", "regex": "y"},
    {"contains_any": []},
    {"refusal": False},
    {"json": "maybe"},
    {"words": {"most": 5}},
    {"python": "own"},
    {"rubric": []},
    {"latency_ms": 0},
    {},
)


def evalset(grader: Data) -> Data:
    return {"prompts": ["p"], "graders": [grader], "cases": [{"id": "a", "vars": {}}]}


def is_readable(data: Data) -> bool:
    document = read_yaml("evalsets/s.yaml", json.dumps(data).encode())
    try:
        read_evalset(document, name="s", tree={}, parser=FORMATS)
    except ConfigurationError:
        return False
    return True


@pytest.mark.parametrize("grader", GRADERS, ids=str)
def test_a_grader_that_is_read_suits_the_schema(grader: Data) -> None:
    assert validator_for(EVALSET).is_valid(evalset(grader))
    assert is_readable(evalset(grader))


@pytest.mark.parametrize("grader", WRONG_GRADERS, ids=str)
def test_a_wrong_grader_suits_neither_schema_nor_reader(grader: Data) -> None:
    assert not validator_for(EVALSET).is_valid(evalset(grader))
    assert not is_readable(evalset(grader))


WAIVER: dict[str, Data] = {
    "case": "a",
    "evalset": "s",
    "owner": "Ann",
    "reason": "why",
    "expires": "2027-01-31",
    "candidate": "0123456789ab",
}


@pytest.mark.parametrize("key", WAIVER)
@pytest.mark.parametrize("value", [None, "", " ", 5, "31.1.2027", "0123456789abcdef"])
def test_schema_and_reader_agree_about_waivers(key: str, value: Data) -> None:
    right: Data = {"waivers": [WAIVER]}
    wrong: Data = {"waivers": [WAIVER | {key: value}]}
    assert suits(right)
    assert suits(wrong) == accepts(wrong)
    assert set(POLICY["properties"]["waivers"]["items"]["required"]) == set(WAIVER)


def test_a_waiver_lacks_no_key_and_has_no_other() -> None:
    for waiver in (WAIVER | {"until": "x"}, {k: v for k, v in WAIVER.items() if k != "owner"}):
        policy: Data = {"waivers": [waiver]}
        assert not suits(policy)
        assert not accepts(policy)


SHARES = VALUES | st.sampled_from([0, 0.01, 33.33, 100, 100.5, "5%"])
STAGES = SHARES | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("percent", "units", "bake_minutes", "proof", "units "), SHARES)
)


@given(STAGES)
def test_schema_and_reader_agree_about_any_stage(stage: Data) -> None:
    share = stage.get("percent") if isinstance(stage, dict) else stage
    is_last = isinstance(share, int | float) and share == 100
    stages: list[Data] = [0.01, stage] if is_last else [stage, 100]
    policy: Data = {"rollout": {"stages": stages}}
    assert suits(policy) == accepts(policy)


@pytest.mark.parametrize("stages", [[], [100], [*range(1, 21), 100], 5, ["a", 100], [[5], 100]])
def test_a_wrong_list_of_stages_suits_neither(stages: Data) -> None:
    policy: Data = {"rollout": {"stages": stages}}
    assert not suits(policy)
    assert not accepts(policy)


@pytest.mark.parametrize("key", ["errors", "refusals", "latency", "cost", "quality"])
@given(VALUES)
def test_schema_and_reader_agree_about_any_rise(key: str, value: Data) -> None:
    policy: Data = {"rollout": {"max_rise": {key: value}}}
    assert suits(policy) == accepts(policy)
