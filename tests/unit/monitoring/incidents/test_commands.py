"""Commands are written so that a shell takes their words apart as they were meant."""

import shlex

from evalgate.model.incident import Scope
from evalgate.monitoring.incidents.commands import Commands
from evalgate.monitoring.places import Places
from tests.unit.commands import parsed

PLACES = Places(folder="my prompts", logs=("a b", "c"), scores=("s",), incidents="in c")
HERE = Commands(incident="an-id", places=Places())
THERE = Commands(incident="an-id", places=PLACES)


def test_names_with_blanks_and_quotes_stay_one_word() -> None:
    words = shlex.split(THERE.rollback("it's a prompt"))
    assert words == [
        *("evalgate", "rollback", "it's a prompt"),
        *("--folder", "my prompts", "--reason", "incident an-id"),
    ]


def test_what_is_usual_is_not_named() -> None:
    assert HERE.hold("p") == "evalgate rollout hold p --reason 'incident an-id'"
    assert HERE.monitor() == "evalgate monitor --once"
    assert HERE.own("show") == "evalgate incident show an-id"
    assert THERE.own("show") == "evalgate incident show an-id --incidents 'in c'"
    assert "--folder 'my prompts'" in THERE.own("close")


def test_the_log_is_asked_about_what_is_affected() -> None:
    scope = Scope(prompt="p", feature="chat", criterion="accuracy")
    assert shlex.split(THERE.logs("errors", scope, since="1h", by="route")) == [
        *("evalgate", "logs", "errors", "a b", "c", "--prompt", "p", "--feature", "chat"),
        *("--since", "1h", "--by", "route"),
    ]


def test_a_hop_ends_by_itself() -> None:
    assert "open --for 2h" in HERE.route("direct", is_open=True)
    assert "auto" in HERE.route("direct", is_open=False)


def test_a_name_that_begins_with_a_dash_is_no_option() -> None:
    odd = Commands(incident="i", places=Places(folder="-p", policy="-q", logs=("-l",)))
    asked = parsed(odd.logs("errors", Scope(feature="-chat"), since="2026-11-22T10:00:00Z"))
    assert ([str(each) for each in asked.logs], asked.feature) == (["-l"], ["-chat"])
    assert [str(each) for each in parsed(odd.find("r")).logs] == ["-l"]
    assert str(parsed(odd.rollback("p")).folder) == "-p"
    assert str(parsed(odd.own("close", "--root-cause", "x")).policy) == "-q"
