"""Facts about the policy's section `monitor`."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.model.alarm import Urgency
from evalgate.model.alert import SinkKind
from evalgate.model.document import Data
from evalgate.model.monitoring import BUILT_IN, Level, MonitorRules

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "evalgate/schemas/policy.schema.json").read_text("utf-8"))


def rules(monitor: Data) -> MonitorRules:
    content = json.dumps({"monitor": monitor}).encode()
    return read_policy(read_yaml("evalgate.yml", content), content).monitor


def faults(monitor: Data) -> list[str]:
    try:
        rules(monitor)
    except ConfigurationError as error:
        return [f"{each.key}: {each.message}" for each in error.problems]
    return []


def suits(monitor: Data) -> bool:
    return validator_for(SCHEMA).is_valid({"monitor": monitor})


def test_without_a_section_the_four_criteria_are_looked_at_and_nobody_is_told() -> None:
    told = rules(None)
    assert told == MonitorRules()
    assert [each.name for each in told.scoring.criteria] == list(BUILT_IN)
    assert (told.objectives, told.alerts) == ((), ())


def test_the_example_of_the_policy_page_is_read_as_it_says() -> None:
    (shown,) = re.findall(
        r"```yaml\n(monitor:.*?)```", (ROOT / "docs/policy.md").read_text("utf-8"), re.S
    )
    told = read_policy(read_yaml("policy.md", shown.encode()), b"").monitor
    accuracy, tone = told.scoring.criteria[1], told.scoring.criteria[4]
    assert (accuracy.name, accuracy.floor, accuracy.graders) == ("accuracy", 0.8, ())
    assert (tone.name, len(tone.graders)) == ("tone", 1)
    assert [each.level for each in told.objectives] == list(Level)
    assert told.objectives[1].threshold == 8000
    assert [each.kind for each in told.alerts] == [
        SinkKind.PAGERDUTY,
        SinkKind.SLACK,
        SinkKind.GITHUB,
        SinkKind.APPRISE,
    ]
    assert told.alerts[0].urgencies == (Urgency.PAGE,)
    assert told.alerts[1].urgencies == tuple(Urgency)
    assert told.alerts[2].options == {"repository": "acme/shop", "labels": "quality"}
    assert told.incidents.updates == {"team": 30, "users": 120, "executives": 240}
    assert suits(json.loads(json.dumps(read_yaml("policy.md", shown.encode()).data))["monitor"])


def test_a_drop_is_stated_in_points() -> None:
    assert rules({"alarms": {"max_drop": 3}}).alarms.max_drop == 0.03
    assert faults({"alarms": {"max_drop": 0.05}}) == [
        "monitor.alarms.max_drop: is in points, not a fraction: did you mean 5?"
    ]


def test_a_secret_in_place_of_its_variable_is_refused_and_not_repeated() -> None:
    (fault,) = faults(
        {"alerts": {"team": {"kind": "slack", "variable": "https://hooks/T0/secret"}}}
    )
    assert "the name of an environment variable" in fault
    assert "secret" not in fault.replace("SECRET", "")


@pytest.mark.parametrize(
    ("monitor", "told"),
    [
        ({"scoring": {"criteria": {"tone": {}}}}, "tone.graders: is missing"),
        ({"scoring": {"criteria": {"tone": {"graders": []}}}}, "expected a list of graders"),
        ({"scoring": {"criteria": {"Tone!": {"graders": ["x"]}}}}, "lower-case letters"),
        ({"objectives": {"a": {"target": 0.9}}}, "level: is missing"),
        ({"objectives": {"a": {"level": "availability"}}}, "target: is missing"),
        ({"objectives": {"a": {"level": "latency", "target": 0.9}}}, "threshold: is missing"),
        (
            {"objectives": {"a": {"level": "format", "target": 0.9, "threshold": 1}}},
            "threshold: says nothing about format",
        ),
        ({"objectives": {"a": {"level": "format", "target": 99}}}, "from 0.5 to 0.99999"),
        ({"alerts": {"a": {"variable": "KEY"}}}, "kind: is missing"),
        ({"alerts": {"a": {"kind": "slack"}}}, "variable: is missing"),
        (
            {"alerts": {"a": {"kind": "slack", "variable": "KEY", "labels": "x"}}},
            "labels: unknown key",
        ),
        (
            {"alerts": {"a": {"kind": "slack", "variable": "KEY", "urgencies": "pages"}}},
            "did you mean `page`?",
        ),
        ({"alarms": {"slices": ["versions"]}}, "did you mean `version`?"),
        ({"alarms": {"false_alarm": 0.1}}, "did you mean `false_alarms`?"),
        ({"incidents": {"updates": {"team": 0}}}, "from 1 to"),
    ],
)
def test_what_is_wrong_is_told_with_its_key_and_refused_by_the_schema(
    monitor: Data, told: str
) -> None:
    (fault,) = faults(monitor)
    assert told in fault
    assert not suits(monitor)


WORDS = st.sampled_from(["latency", "quality", "page", "version", "slack", "KEY", "", "x"])
VALUES = st.none() | st.integers(-1, 120) | st.sampled_from([0.5, 0.9, 0.005]) | WORDS
OBJECTIVES = st.fixed_dictionaries(
    {"level": st.sampled_from([*Level, "speed"]), "target": st.sampled_from([0.4, 0.9, 1.0])},
    optional={"threshold": VALUES, "prompt": st.none() | WORDS},
)
SINKS = st.fixed_dictionaries(
    {"kind": st.sampled_from([*SinkKind, "pager"]), "variable": st.sampled_from(["KEY", "key"])},
    optional={"timeout": VALUES, "labels": WORDS, "urgencies": st.lists(WORDS, max_size=2)},
)
ALARMS = st.dictionaries(
    st.sampled_from(["max_drop", "window", "fewest", "cooldown_minutes", "other"]), VALUES
)


@given(st.fixed_dictionaries({}, optional={"objectives": st.dictionaries(WORDS, OBJECTIVES)}))
def test_the_schema_takes_just_those_objectives_that_the_reader_takes(monitor: Data) -> None:
    assert suits(monitor) == (not faults(monitor))


@given(st.dictionaries(st.sampled_from(["a", "b"]), SINKS), ALARMS)
def test_the_schema_takes_just_those_places_and_rules_that_the_reader_takes(
    alerts: dict[str, Data], alarms: dict[str, Data]
) -> None:
    monitor: Data = {"alerts": alerts, "alarms": alarms}
    assert suits(monitor) == (not faults(monitor))
