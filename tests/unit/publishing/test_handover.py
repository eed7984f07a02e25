"""Tests for evalgate.publishing.handover."""

import json

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.document import Data, Document
from evalgate.model.github import CommitState
from evalgate.publishing.handover import Handover, Standing, handover_document, read_handover

HANDOVER = Handover(
    commit="a" * 40,
    number=7,
    folders={"main": ".", "billing": "billing"},
    standings={"billing": Standing(state=CommitState.PENDING, description="Waiting.")},
    comments=False,
)


def document(data: Data) -> Document:
    return Document(path="publication.json", data=data, lines={})


def test_what_is_handed_over_is_read_back_the_same() -> None:
    written: Data = json.loads(json.dumps(handover_document(HANDOVER)))
    assert read_handover(document(written)) == HANDOVER


@pytest.mark.parametrize(
    "wrong",
    [{"schema": "publication/2"}, {"commit": ""}, {"number": -1}, {"folders": []}, {"new": 1}],
)
def test_another_shape_is_refused(wrong: dict[str, Data]) -> None:
    with pytest.raises(ConfigurationError):
        read_handover(document({**handover_document(HANDOVER), **wrong}))
