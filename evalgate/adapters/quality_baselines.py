"""Reads and writes the file of frozen baselines: all that were ever frozen, the oldest first."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.files import read_json
from evalgate.adapters.swap import read_file, swap
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.model.reading import Section, describe

SCHEMA = "quality/1"
PLACE = Path("reports/baselines/quality.json")
"""Where it lies unless told otherwise."""

_INSTANTS = ("since", "until", "frozen")
_KEYS = tuple(field.name for field in fields(QualityBaseline))
_NEEDED = ("prompt", "criterion", "mean", "sd", "n", "is_binary", "frozen")
_MOST = 10**12
_DIGITS = 6


def read_quality_baselines(path: Path) -> tuple[QualityBaseline, ...]:
    """Return all baselines that were ever frozen; none where there is no file.

    Raises:
        UsageError: the file cannot be read.
        ConfigurationError: it holds something else; names all that is wrong.
    """
    content = read_file(path)
    return () if content is None else baselines_in(path, content)


def baselines_in(path: Path, content: bytes) -> tuple[QualityBaseline, ...]:
    """Return the baselines of a file's content.

    Raises:
        ConfigurationError: it is none; names all that is wrong.
    """
    section = Section(read_json(str(path), content))
    section.finish()
    section.allow("schema", "baselines")
    if section.text("schema") != SCHEMA:
        section.note("schema", f"expected `{SCHEMA}`, got {describe(section.data.get('schema'))}")
    found = tuple(_baseline(each) for each in section.sections("baselines"))
    section.finish()
    return found


def write_quality_baselines(
    path: Path, baselines: Sequence[QualityBaseline], *, before: bytes | None
) -> None:
    """Write the file anew, as a whole or not at all.

    Args:
        path: of the file; its folder is made.
        baselines: all of them, the oldest first.
        before: what the file is known to hold, None when there is none.

    Raises:
        MovedError: it holds something else by now.
        UsageError: it cannot be written.
    """
    document: dict[str, Data] = {
        "schema": SCHEMA,
        "baselines": [document_of(each) for each in baselines],
    }
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {path.parent}: {error.strerror or error}") from error
    swap(path, before, text.encode())


def document_of(baseline: QualityBaseline) -> dict[str, Data]:
    """Return the object that stands for a baseline."""
    document: dict[str, Data] = {}
    for key in _KEYS:
        value = getattr(baseline, key)
        if key in _INSTANTS:
            document[key] = _written(value) if value else None
        else:
            document[key] = round(value, _DIGITS) if isinstance(value, float) else value
    return document


def _baseline(section: Section) -> QualityBaseline:
    section.allow(*_KEYS)
    for key in _NEEDED:
        if section.data.get(key) is None:
            section.note(key, "is missing: freeze it anew with `evalgate monitor freeze`")
    return QualityBaseline(
        prompt=section.text("prompt"),
        criterion=section.text("criterion"),
        feature=section.text("feature"),
        route=section.text("route"),
        mean=section.number("mean", 0.0, least=0.0, most=1.0),
        sd=section.number("sd", 0.0, least=0.0, most=1.0),
        skew=section.number("skew", 0.0, least=-1e6, most=1e6),
        n=section.integer("n", 1, least=1, most=_MOST),
        is_binary=section.flag("is_binary", default=False),
        autocorrelation=section.number("autocorrelation", 0.0, least=-1.0, most=1.0),
        since=_instant(section, "since"),
        until=_instant(section, "until"),
        frozen=_instant(section, "frozen"),
        by=section.text("by"),
        reason=section.text("reason"),
        version=section.text("version"),
        judge=section.text("judge"),
    )


def _instant(section: Section, key: str) -> float:
    told = section.text(key)
    if not told:
        return 0.0
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        section.note(key, f"expected an instant such as 2026-11-22T10:00:00Z, got {describe(told)}")
        return 0.0
    return moment.timestamp()


def _written(ts: float) -> str:
    moment = datetime.fromtimestamp(ts, UTC).isoformat(timespec="milliseconds")
    return f"{moment.removesuffix('+00:00')}Z"
