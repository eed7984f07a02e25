"""Facts about the columns of one call: those that are known are shown, and nothing else."""

import json

import pytest

from evalgate.adapters.log_call import call_of, ids_of
from evalgate.adapters.log_columns import COLUMNS
from tests.call_lines import columns_of
from tests.unit.adapters.log_lines import EVENT, TORN, call


def test_a_call_has_every_column_of_its_line() -> None:
    assert call_of(call(1)) == columns_of(call(1))


def test_what_is_no_column_is_dropped() -> None:
    data = json.loads(call(1)) | {"text": "SECRET", "user": {"name": "SECRET"}}
    data["tries"][0]["body"] = "SECRET"
    told = call_of(json.dumps(data).encode())
    assert told is not None
    assert "SECRET" not in json.dumps(told)
    assert list(told) == list(COLUMNS)


@pytest.mark.parametrize("line", [EVENT, TORN, b"", b"[]", b"5"])
def test_what_is_no_call_has_none(line: bytes) -> None:
    assert call_of(line) is None


def test_a_call_is_found_by_its_own_ids_and_those_of_its_attempts() -> None:
    told = call_of(call(1))
    assert told is not None
    assert ids_of(told) == {
        "00000000-0000-7000-8000-000000000001",
        "0af7651916cd43dd8448eb211c80319c",
        "req_011CSfirst",
        "req_011CSsecond",
    }
