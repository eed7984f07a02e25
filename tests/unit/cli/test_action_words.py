"""Tests for evalgate.cli.action_words."""

import pytest

from evalgate.cli import gate, run
from evalgate.cli.action_words import gate_words, parsed
from evalgate.cli.workflow import Inputs
from evalgate.errors import UsageError
from evalgate.model.event import Event

PULL_REQUEST = Event(name="pull_request", base_ref="main", default_branch="main")


def test_a_pull_request_is_judged_by_the_branch_that_it_targets() -> None:
    assert gate_words(PULL_REQUEST, Inputs()) == []


def test_a_merge_queue_is_judged_by_what_it_merges_onto() -> None:
    event = Event(name="merge_group", base="e" * 40, base_ref="main")
    assert gate_words(event, Inputs()) == [f"--base={'e' * 40}"]


def test_a_push_is_judged_by_the_default_branch_whatever_its_name() -> None:
    event = Event(name="push", branch="topic", default_branch="trunk")
    assert gate_words(event, Inputs()) == ["--base=refs/remotes/origin/trunk"]


def test_inputs_go_before_what_the_event_says() -> None:
    event = Event(name="merge_group", base="e" * 40)
    assert gate_words(event, Inputs(base="v1", head="v2")) == ["--base=v1", "--head=v2"]


def test_the_words_are_those_that_the_verbs_read() -> None:
    inputs = Inputs(
        simulate="true", max_cost="2.5", policy=".github/evalgate.yml", base="--help", head="-h"
    )
    for module in (gate, run):
        options = parsed("gate", module.add_arguments, gate_words(PULL_REQUEST, inputs))
        assert (options.base, options.head) == ("--help", "-h")
        assert (options.simulate, options.max_cost) == (True, 2.5)


def test_a_switch_that_is_neither_true_nor_false_stops_it() -> None:
    with pytest.raises(UsageError, match="the input simulate takes true or false"):
        gate_words(PULL_REQUEST, Inputs(simulate="yes"))
