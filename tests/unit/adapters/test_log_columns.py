"""Facts about the columns of the call log: readers know those that the writer writes."""

import pytest

from evalgate.adapters.exposures import REFUSAL as REFUSED
from evalgate.adapters.log_columns import CALL, COLUMNS, EVENT, MEMORY, NOBODY, REFUSAL, kind_of
from evalgate.model.call import ServedBy
from evalgate.model.log_answer import LineKind
from evalgate.runtime.logbook import call_line


def test_the_columns_are_those_that_the_writer_writes_in_their_order() -> None:
    written = {name: column.type for name, column in call_line.COLUMNS.items()}
    assert list(COLUMNS.items()) == list(written.items())


def test_the_words_are_those_of_the_writer() -> None:
    assert (CALL, EVENT) == (call_line.CALL_SCHEMA, call_line.EVENT_SCHEMA)
    assert set(MEMORY) == {ServedBy.CACHE, ServedBy.SHARED, ServedBy.STALE_CACHE}
    assert NOBODY == ServedBy.NOBODY
    assert REFUSAL == REFUSED


@pytest.mark.parametrize(
    ("schema", "has_instant", "kind"),
    [
        ("call/1", True, LineKind.CALL),
        ("call/1", False, LineKind.UNREADABLE),
        ("event/1", False, LineKind.EVENT),
        ("call/2", True, LineKind.OTHER),
        ("score/1", True, LineKind.OTHER),
        ("", True, LineKind.UNREADABLE),
        (None, True, LineKind.UNREADABLE),
    ],
)
def test_a_line_is_what_it_says_of_itself(
    schema: str | None, has_instant: bool, kind: LineKind
) -> None:
    assert kind_of(schema, has_instant=has_instant) is kind
