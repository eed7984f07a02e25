"""Facts about a board as a document."""

import json

from evalgate.reporting.monitor_file import monitor_document
from tests.unit.reporting.boards import fallen, hostile, unread


def test_it_says_how_production_stands_and_since_when() -> None:
    told = monitor_document(fallen())
    assert (told["schema"], told["standing"]) == ("monitor/1", "page")
    assert (told["since"], told["at"]) == ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")
    alarms = told["alarms"]
    assert isinstance(alarms, list)
    (alarm,) = alarms
    assert isinstance(alarm, dict)
    assert alarm["stream"] == {
        "prompt": "support-reply",
        "criterion": "accuracy",
        "version": "v4",
    }


def test_every_board_has_the_same_keys_so_that_a_program_need_not_ask() -> None:
    assert monitor_document(fallen()).keys() == monitor_document(unread()).keys()


def test_it_is_json_that_every_reader_takes() -> None:
    for board in (fallen(), unread(), hostile()):
        text = json.dumps(monitor_document(board), allow_nan=False)
        assert json.loads(text) == monitor_document(board)
