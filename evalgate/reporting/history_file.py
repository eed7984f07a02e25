"""Writes the history of prompts as the document `history/1`, and as CSV."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from evalgate.model.document import Data
from evalgate.model.prompt import Move
from evalgate.reporting.csv_cell import csv_cell
from evalgate.reporting.told_track import ToldPoint, ToldTrack

HISTORY = "history/1"

_COLUMNS = (
    *("policy", "prompt", "evalset", "at", "commit", "version", "version_hash", "models"),
    *("cases", "trials", "rate", "low", "high", "turns"),
    *("released_at", "released_by", "released_why"),
)
_DIGITS = 6


def history_document(
    tracks: Sequence[ToldTrack], notes: Sequence[str], *, case: str | None = None
) -> dict[str, Data]:
    """Return the document.

    Args:
        tracks: what is told.
        notes: what a reader should know.
        case: whose outcomes stand beside each point.
    """
    return {
        "schema": HISTORY,
        "case": case,
        "tracks": [
            {
                "policy": track.policy,
                "prompt": track.prompt,
                "evalset": track.evalset,
                "points": [_point(told, case) for told in track.points],
            }
            for track in tracks
        ],
        "notes": list(notes),
    }


def history_csv(tracks: Sequence[ToldTrack], *, case: str | None = None) -> str:
    """Return a table with one row per point; no text in it is a formula for a spreadsheet.

    Args:
        tracks: what is told.
        case: whose outcomes stand in a column of their own.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_COLUMNS, "outcomes") if case is not None else _COLUMNS)
    for track in tracks:
        for told in track.points:
            writer.writerow(list(_row(track, told, case)))
    return text.getvalue()


def _point(told: ToldPoint, case: str | None) -> dict[str, Data]:
    point = told.point
    own: dict[str, Data] = {}
    if case is not None:
        own["outcomes"] = list(point.outcomes.get(case, ()))
    return {
        "at": point.at or None,
        "commit": point.commit or None,
        "version": point.version,
        "version_hash": point.version_hash,
        "models": list(point.models),
        "cases": point.cases,
        "trials": point.trials,
        "rate": round(point.rate, _DIGITS),
        "low": round(point.low, _DIGITS),
        "high": round(point.high, _DIGITS),
        "turns": [turn.value for turn in point.turns],
        "released": None if told.released is None else _move(told.released),
        **own,
    }


def _move(move: Move) -> dict[str, Data]:
    return {"at": move.at, "by": move.by, "why": move.why, "verdict": move.verdict}


def _row(track: ToldTrack, told: ToldPoint, case: str | None) -> Iterator[str | float]:
    point, move = told.point, told.released or Move(stable="")
    texts = (track.policy, track.prompt, track.evalset, point.at, point.commit)
    yield from map(csv_cell, (*texts, point.version, point.version_hash, " ".join(point.models)))
    yield from (point.cases, point.trials)
    yield from (round(rate, _DIGITS) for rate in (point.rate, point.low, point.high))
    yield from map(csv_cell, (" ".join(point.turns), move.at, move.by, move.why))
    if case is not None:
        yield " ".join(f"{outcome:g}" for outcome in point.outcomes.get(case, ()))
