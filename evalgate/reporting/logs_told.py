"""What an answer from the call log is told with: the question, the files, and the words of both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.model.log_answer import Account, GroupKey
from evalgate.model.log_question import TIMES, Key, LogQuestion
from evalgate.reporting.instants import iso
from evalgate.reporting.numbers import count

LOGS = "logs/1"
"""The schema of all documents about the log."""

_MICROSECONDS = 1_000_000
_KILO = 1_000
_DAY = len("2026-11-22")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReading:
    """Which files were read. `other_days` and `repeated` ones are passed over.

    Of those in `cut_off` the end is missing.
    """

    files: int
    bytes: int
    other_days: int = 0
    repeated: int = 0
    engine: str = ""
    cut_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTold:
    """A question with what was read for it; `verb` is its word on the command line."""

    verb: str
    question: LogQuestion
    reading: LogReading
    account: Account


def value_text(key: Key, value: str | int | None) -> str | None:
    """Return a value that calls share, as it is written: an hour or a day by its beginning."""
    if value is None or isinstance(value, str):
        return value
    written = iso(float(value * TIMES[key])) or ""
    return written[:_DAY] if key is Key.DAY else f"{written[: _DAY + 6]}Z"


def key_texts(question: LogQuestion, key: GroupKey) -> Mapping[str, str | None]:
    """Return the values of a group by what it is grouped by."""
    return {by.value: value_text(by, value) for by, value in zip(question.by, key, strict=True)}


def instant_text(microseconds: int | None) -> str | None:
    """Return an instant as it is written."""
    return None if microseconds is None else iso(microseconds / _MICROSECONDS)


def account_sentence(account: Account) -> str:
    """Say what all lines were, so that the numbers can be added up."""
    parts = [
        count(account.calls, "call"),
        count(account.events, "event"),
        f"{account.unreadable:,} unreadable",
        f"{account.other:,} of another schema",
        f"{account.empty:,} empty",
    ]
    return f"{count(account.lines, 'line')} = {' + '.join(parts)}"


def reading_sentences(told: LogTold) -> Iterator[str]:
    """Yield what was read, and what was not."""
    reading, account = told.reading, told.account
    by = f" by {reading.engine}" if reading.engine else ""
    yield f"read {count(reading.files, 'file')}, {size(reading.bytes)}{by}"
    if reading.other_days:
        yield f"passed over {count(reading.other_days, 'file')} of other days"
    if reading.repeated:
        yield f"passed over {count(reading.repeated, 'file')} whose lines are in another one"
    if reading.cut_off:
        yield f"{count(len(reading.cut_off), 'file')} ended too early: the rest is missing here"
    if account.growing:
        yield (
            f"{count(account.growing, 'file')} grew meanwhile: what came in may be counted or not"
        )
    left = account.calls - account.chosen
    if left:
        yield f"{count(left, 'call')} not asked for"


def choice_sentence(question: LogQuestion) -> str:
    """Say which calls are meant."""
    where = question.where
    since, until = instant_text(where.since), instant_text(where.until)
    parts = [f"{key.value} {' or '.join(each or 'none' for each in values)}"
             for key, values in where.values.items()]  # fmt: skip
    if since:
        parts.append(f"from {since}")
    if until:
        parts.append(f"until {until}")
    return ", ".join(parts)


def size(number: int) -> str:
    """Write a number of bytes."""
    value, units = float(number), iter(("bytes", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while value >= _KILO and unit != "TB":
        value, unit = value / _KILO, next(units)
    return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"
