"""Facts about the page on failover: its tables are those of the code."""

import re
from dataclasses import fields
from pathlib import Path

import yaml

from evalgate.adapters.files import read_yaml
from evalgate.model.serving import (
    BreakerRules,
    CacheKind,
    CacheRules,
    HedgeRules,
    Mark,
    Prefer,
    RetryRules,
    SamplingRules,
    Serving,
    SmellRules,
)
from evalgate.runtime.failover.breaker import State
from evalgate.runtime.failover.outcomes import OUTCOMES
from evalgate.runtime.failover.targets import targets
from evalgate.runtime.settings import read_serving

PAGE = (Path(__file__).parents[2] / "docs/failover.md").read_text("utf-8")
SECTIONS = {
    "retry": RetryRules,
    "breaker": BreakerRules,
    "hedge": HedgeRules,
    "cache": CacheRules,
    "smell.<prompt>": SmellRules,
    "sampling": SamplingRules,
}
PLAIN = {
    "schema",
    "prefer",
    "deadline",
    "timeout",
    "stream.first_content",
    "stream.between",
    "reserve",
    "routes",
    "smaller",
    "features.<name>",
}


def rows(head: str) -> list[list[str]]:
    table = re.findall(rf"^\| {re.escape(head)} \|.*?\n\n", PAGE, re.M | re.S)[0]
    return [
        [cell.strip().strip("`") for cell in line[1:-1].split("|")]
        for line in table.strip().splitlines()[2:]
    ]


def example() -> Serving:
    [text] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
    return read_serving(read_yaml("runtime.yml", text.encode()))


def test_the_table_of_outcomes_is_that_of_the_code() -> None:
    told = {
        kind: (again, hops, effect, alarm) for kind, again, hops, effect, alarm, *_ in rows("kind")
    }
    words = {True: "yes", False: "no"}
    assert told == {
        kind.value: (row.again.value, words[row.hops], row.effect.value, words[row.alarms])
        for kind, row in OUTCOMES.items()
    }


def test_the_table_of_states_lists_them_all() -> None:
    assert [row[0] for row in rows("state")] == [state.value for state in State]


def test_the_table_of_keys_lists_them_all() -> None:
    keys = {f"{name}.{field.name}" for name, rules in SECTIONS.items() for field in fields(rules)}
    assert {row[0] for row in rows("key")} == keys | PLAIN | {"sampling.every"}


def test_a_file_written_from_the_table_of_keys_is_the_default() -> None:
    data: dict[str, object] = {}
    for key, default, *_ in rows("key"):
        section, _, name = key.rpartition(".")
        if default and section not in ("hedge", "cache", "smell.<prompt>"):
            within = data.setdefault(section, {}) if section else data
            assert isinstance(within, dict)
            within[name] = yaml.safe_load(default)
    text = yaml.safe_dump(data).encode()
    assert read_serving(read_yaml("runtime.yml", text)) == Serving()


def test_the_defaults_of_what_is_off_are_those_of_the_types() -> None:
    told = {key: default for key, default, *_ in rows("key")}
    cache, hedge, smell = CacheRules(kind=CacheKind.MEMORY), HedgeRules(after=1), SmellRules()
    assert float(told["hedge.share"]) == hedge.share
    for name in ("ttl", "stale", "path", "entries"):
        assert yaml.safe_load(told[f"cache.{name}"]) == getattr(cache, name)
    assert yaml.safe_load(told["smell.<prompt>.length"]) is smell.length
    assert tuple(yaml.safe_load(told["smell.<prompt>.scripts"])) == smell.scripts
    assert all(f"`{mark}`" in PAGE for mark in tuple(Mark))


def test_the_orders_of_targets_are_those_of_the_example() -> None:
    serving = example()
    for prefer, order, *_ in rows("`prefer`"):
        rules = Serving(routes=serving.routes, smaller=serving.smaller, prefer=Prefer(prefer))
        found = targets(rules, prefer=rules.prefer, model="claude-sonnet-5-5")
        said = [f"{each.model.split('-')[1]} over {each.route_name}" for each in found]
        assert order == ", ".join(said)
