"""Commands look at the places that were looked at, and say nothing of those that are usual."""

import shlex

from evalgate.monitoring.places import Places
from tests.unit.commands import parsed

HERE = Places()
THERE = Places(
    folder="ai/prompts",
    policy="strict.yml",
    logs=("rules", "my logs"),
    scores=("s 1", "s2"),
    incidents="our incidents",
    baselines="frozen.json",
    smells=("a", "b"),
)


def test_what_is_usual_is_not_named() -> None:
    assert HERE.monitor() == "evalgate monitor --once"
    assert Places(scores=("scores",)).monitor() == "evalgate monitor --once"
    assert HERE.incident("show", "i1") == "evalgate incident show i1"
    assert HERE.alert_test("chat") == "evalgate alert test --sink chat"


def test_a_look_names_every_place_as_its_parser_takes_it() -> None:
    found = parsed(THERE.monitor())
    assert found.once
    assert [str(each) for each in found.logs] == ["rules", "my logs"]
    assert [str(each) for each in found.scores] == ["s 1", "s2"]
    assert [str(each) for each in found.smells] == ["a", "b"]
    assert (str(found.prompts), str(found.policy)) == ("ai/prompts", "strict.yml")
    assert (str(found.incidents), str(found.baselines)) == ("our incidents", "frozen.json")


def test_an_incident_is_looked_for_where_it_lies() -> None:
    found = parsed(THERE.incident("show", "an id"))
    assert (found.id, str(found.incidents)) == ("an id", "our incidents")


def test_a_sink_is_tried_by_the_policy_that_names_it() -> None:
    words = shlex.split(THERE.alert_test("my chat"))
    assert words[3:] == [
        *("--sink", "my chat", "--prompts", "ai/prompts", "--policy", "strict.yml"),
    ]
    assert str(parsed(THERE.alert_test("c")).prompts) == "ai/prompts"


def test_a_name_that_begins_with_a_dash_is_no_option() -> None:
    odd = Places(
        folder="-p", policy="-q.yml", logs=("-l", "--once"), incidents="-i", baselines="-b"
    )
    found = parsed(odd.monitor())
    assert [str(each) for each in found.logs] == ["-l", "--once"]
    assert (str(found.prompts), str(found.policy)) == ("-p", "-q.yml")
    assert (str(found.incidents), str(found.baselines)) == ("-i", "-b")
    assert str(parsed(odd.incident("show", "i1")).incidents) == "-i"
    assert parsed(odd.alert_test("-chat")).sink == "-chat"
