"""Facts about the instants and lengths of time of a command line."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime

import pytest

from evalgate.cli.logs_instants import instant, length

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00.250Z", "2026-11-22T10:00:00.250000+00:00"),
        ("2026-11-22T12:00:00+02:00", "2026-11-22T10:00:00+00:00"),
        ("2026-11-21", "2026-11-21T00:00:00+00:00"),
        ("now", "2026-11-22T10:30:00+00:00"),
        ("today", "2026-11-22T00:00:00+00:00"),
        ("yesterday", "2026-11-21T00:00:00+00:00"),
        ("90m", "2026-11-22T09:00:00+00:00"),
        ("24h", "2026-11-21T10:30:00+00:00"),
        ("2d", "2026-11-20T10:30:00+00:00"),
        ("1w", "2026-11-15T10:30:00+00:00"),
    ],
)
def test_an_instant_is_read_in_utc(text: str, expected: str) -> None:
    assert instant(text, now=NOW) == round(datetime.fromisoformat(expected).timestamp() * 1e6)


@pytest.mark.parametrize(
    "text", ["", "soon", "24", "h", "-3h", "1.5h", "2026-13-01", "1969-01-01", "99999999w", "²h"]
)
def test_what_is_no_instant_says_what_was_expected(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"expected|older than 1970"):
        instant(text, now=NOW)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="needs its zone"):
        instant("2026-11-22T10:00:00", now=NOW)


def test_a_length_is_read_in_seconds() -> None:
    assert [length(text) for text in ("0d", "90m", "36h", "2w")] == [0, 5_400, 129_600, 1_209_600]
    with pytest.raises(ArgumentTypeError, match="length of time"):
        length("today")
