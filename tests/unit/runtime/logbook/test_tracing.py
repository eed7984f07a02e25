"""Facts about calls that nobody traces; `tests/edges/test_telemetry.py` has those that are."""

from evalgate.runtime.logbook.tracing import NoSpan
from tests.unit.runtime.records import RECORD


def test_where_nothing_is_traced_a_span_does_nothing() -> None:
    span = NoSpan()
    with span.current():
        span.end(RECORD)
    assert span.trace_id is None
