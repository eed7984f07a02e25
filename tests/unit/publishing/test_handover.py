"""Tests for evalgate.publishing.handover."""

import json
from dataclasses import replace

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.document import Data, Document
from evalgate.model.event import Event
from evalgate.model.github import CommitState
from evalgate.publishing.handover import (
    NOTHING_OWED,
    Handover,
    Standing,
    handover_document,
    handover_of,
    read_handover,
)

HANDOVER = Handover(
    commit="a" * 40,
    number=7,
    folders={"main": ".", "billing": "billing"},
    target="release/1",
    standings={"billing": Standing(state=CommitState.PENDING, description="Waiting.")},
    comments=False,
)


EVENT = Event(name="pull_request", head="b" * 40, number=7, base_ref="main", default_branch="main")


def document(data: Data) -> Document:
    return Document(path="publication.json", data=data, lines={})


def test_what_is_handed_over_is_read_back_the_same() -> None:
    written: Data = json.loads(json.dumps(handover_document(HANDOVER)))
    assert read_handover(document(written)) == HANDOVER


@pytest.mark.parametrize(
    "wrong",
    [{"schema": "publication/2"}, {"commit": 1}, {"number": -1}, {"folders": []}, {"new": 1}],
)
def test_another_shape_is_refused(wrong: dict[str, Data]) -> None:
    with pytest.raises(ConfigurationError):
        read_handover(document({**handover_document(HANDOVER), **wrong}))


def test_what_a_change_comes_to_belongs_to_its_head_and_its_pull_request() -> None:
    assert handover_of(EVENT, base="") == Handover(commit="b" * 40, number=7)


def test_only_another_branch_than_the_default_one_is_told() -> None:
    elsewhere = replace(EVENT, base_ref="release/1")
    assert handover_of(elsewhere, base="").target == "release/1"
    assert handover_of(elsewhere, base="refs/remotes/origin/main").target == ""
    assert handover_of(replace(EVENT, default_branch=""), base="").target == "main"


def test_what_no_commit_waits_for_is_handed_over_too() -> None:
    written: Data = json.loads(json.dumps(handover_document(NOTHING_OWED)))
    assert read_handover(document(written)).commit == ""
