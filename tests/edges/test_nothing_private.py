"""Secrets planted in every field of what is logged, and looked for in everything that comes out.

What users, strangers and servers control is planted as prose, as an address and as a key; what the
team's own files say is planted as a key.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from evalgate.adapters.call_log import LineLog, file_call_log, logger_sink
from evalgate.errors import UsageError
from evalgate.model.call import CallRecord, Try
from evalgate.model.call_ports import Event, EventKind
from evalgate.runtime.logbook.call_line import line_of
from evalgate.runtime.logbook.identity import KEY_VARIABLE, read_hashing
from evalgate.runtime.logbook.telemetry import attributes_of
from evalgate.runtime.logbook.words import INVALID, REDACTED
from tests.unit.runtime.records import ANSWERED, RECORD

NOON = 1_795_262_400.0
OF_THE_TEAM = frozenset({"prompt", "route", "prefix", "subject", "message", "before", "after"})
"""Fields of prose by the team or by evalgate: only what is private in any prose is kept out."""

EVENT = Event(ts=NOON, kind=EventKind.FILE_BROKEN, subject="support-reply/live.yaml")
Entry = CallRecord | Event


@dataclass(frozen=True)
class Plant:
    """A secret, and the part of it that may come out nowhere."""

    text: str
    mark: str


def secrets(number: int, field: str) -> list[Plant]:
    """Return the secrets for one field, each with a mark of its own."""
    key, mail, prose = (f"CANARY{kind}{number:03}" for kind in "KMP")
    planted = [
        Plant(f"sk-ant-api03-{key}abcdef", key),
        Plant(f"x sk-ant-api03-{key}abcdef y", key),
        Plant(f"Bearer {key}", key),
        Plant(f"eyJhbGciOiJIUzI1NiJ9.{key}.c2ln", key),
        Plant(f"ann.{mail}@example.com", mail),
    ]
    if field in OF_THE_TEAM:
        return planted
    return [*planted, Plant(f"My name is {prose}\nand I", prose), Plant(f"{prose}\x00", prose)]


def texts(kind: type[CallRecord] | type[Try] | type[Event]) -> list[str]:
    return [each.name for each in fields(kind) if each.type in (str, str | None)]


def entries() -> Iterator[tuple[Entry, Plant]]:
    """Yield an entry per text field and secret: of a call, of its attempts, of an event."""
    record = cast("Callable[..., CallRecord]", partial(replace, RECORD))
    attempt = cast("Callable[..., Try]", partial(replace, ANSWERED))
    event = cast("Callable[..., Event]", partial(replace, EVENT))
    makers: list[tuple[str, Callable[[str], Entry]]] = [
        ("smell", lambda text: record(smell=(text,))),
        *((name, lambda text, name=name: record(**{name: text})) for name in texts(CallRecord)),
        *(
            (name, lambda text, name=name: record(tries=(attempt(**{name: text}),)))
            for name in texts(Try)
        ),
        *((name, lambda text, name=name: event(**{name: text})) for name in texts(Event)),
    ]
    for number, (field, make) in enumerate(makers):
        for plant in secrets(number, field):
            yield make(plant.text), plant


PLANTED = list(entries())


def told(output: str) -> list[str]:
    """Return the marks that came out, of all that were planted."""
    return [plant.mark for _, plant in PLANTED if plant.mark in output]


def test_every_text_that_a_line_is_made_of_is_planted() -> None:
    assert [len(texts(kind)) for kind in (CallRecord, Try, Event)] == [23, 5, 4]
    assert told(" ".join(plant.text for _, plant in PLANTED)) == [p.mark for _, p in PLANTED]


def test_no_file_of_the_log_holds_a_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = file_call_log(tmp_path, line_of=line_of, now=lambda: NOON)
    for entry, _ in PLANTED:
        log.write(entry)
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert log.failures == 0
    assert len(content.splitlines()) == len(PLANTED)
    assert told(content.decode()) == []
    assert told(content.decode("unicode_escape")) == []
    assert told("".join(capfd.readouterr())) == []
    assert REDACTED in content.decode()
    assert INVALID in content.decode()


def test_no_logger_is_told_a_secret(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("evalgate.calls.private")
    log = LineLog(logger_sink(logger), line_of=line_of, now=lambda: NOON)
    with caplog.at_level(logging.DEBUG):
        for entry, _ in PLANTED:
            log.write(entry)
    assert len(caplog.records) == len(PLANTED)
    assert told(caplog.text) == []
    assert told("".join(capfd.readouterr())) == []


def test_no_loss_repeats_what_was_lost_or_what_the_sink_said(
    capfd: pytest.CaptureFixture[str],
) -> None:
    kept: list[bytes] = []

    def sink(line: bytes) -> None:
        if len(kept) % 2 == 0 and not line.startswith(b'{"schema":"event/1","kind"'):
            kept.append(b"")
            raise OSError(" ".join(plant.text for _, plant in PLANTED))
        kept.append(line)

    log = LineLog(sink, line_of=line_of, now=lambda: NOON)
    for entry, _ in PLANTED:
        log.write(entry)
    assert log.failures > 0
    assert told(b"".join(kept).decode() + log.trouble) == []
    assert told("".join(capfd.readouterr())) == []


def test_no_span_is_told_a_secret() -> None:
    found = [attributes_of(entry) for entry, _ in PLANTED if isinstance(entry, CallRecord)]
    assert told(repr(found)) == []


def test_a_wrong_key_for_hashes_is_not_repeated_and_a_good_one_stands_nowhere() -> None:
    with pytest.raises(UsageError) as caught:
        read_hashing({KEY_VARIABLE: "CANARYKEY"})
    assert "CANARY" not in str(caught.value)
    hashing = read_hashing({KEY_VARIABLE: "CANARYKEY-0123456789"})
    record = replace(
        RECORD,
        user=hashing.user("CANARYUSER"),
        conversation=hashing.conversation("CANARYTALK"),
        key_id=hashing.key_id,
    )
    assert "CANARY" not in line_of(record).decode() + repr(hashing)
    assert f'"user":"{record.user}"' in line_of(record).decode()
