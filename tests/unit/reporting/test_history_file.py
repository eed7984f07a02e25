"""Facts about the history for machines and for spreadsheets."""

import csv
import json
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.model.prompt import Move
from evalgate.model.track import TrackPoint, Turn
from evalgate.reporting.history_file import history_csv, history_document
from evalgate.reporting.told_track import ToldPoint, ToldTrack

POINT = TrackPoint(
    at="2026-01-02T00:00:00Z",
    commit="c0ffee",
    version="v1",
    version_hash="h",
    models=("m", "n"),
    trials=3,
    rate=2 / 3,
    low=0.25,
    high=1.0,
    outcomes={"a": (1.0, 0.0), "b": (0.5,)},
    turns=(Turn.VERSION, Turn.CASES),
)
MOVE = Move(stable="v1", at="2026-01-01", by="ann", why="tone", verdict="run-1")
TOLD = ToldTrack(
    policy=".github/evalgate.yml",
    prompt="p",
    evalset="set",
    points=(
        ToldPoint(point=POINT, released=MOVE),
        ToldPoint(point=replace(POINT, at="", commit="", turns=(), outcomes={})),
    ),
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_the_document() -> None:
    document = history_document([TOLD], ["a note"])
    assert document == snapshot(
        {
            "schema": "history/1",
            "case": None,
            "tracks": [
                {
                    "policy": ".github/evalgate.yml",
                    "prompt": "p",
                    "evalset": "set",
                    "points": [
                        {
                            "at": "2026-01-02T00:00:00Z",
                            "commit": "c0ffee",
                            "version": "v1",
                            "version_hash": "h",
                            "models": ["m", "n"],
                            "cases": 2,
                            "trials": 3,
                            "rate": 0.666667,
                            "low": 0.25,
                            "high": 1.0,
                            "turns": ["version", "cases"],
                            "released": {
                                "at": "2026-01-01",
                                "by": "ann",
                                "why": "tone",
                                "verdict": "run-1",
                            },
                        },
                        {
                            "at": None,
                            "commit": None,
                            "version": "v1",
                            "version_hash": "h",
                            "models": ["m", "n"],
                            "cases": 0,
                            "trials": 3,
                            "rate": 0.666667,
                            "low": 0.25,
                            "high": 1.0,
                            "turns": [],
                            "released": None,
                        },
                    ],
                }
            ],
            "notes": ["a note"],
        }
    )
    assert json.loads(json.dumps(document)) == document


def test_the_outcomes_of_a_case_stand_beside_its_points() -> None:
    text = json.dumps(history_document([TOLD], [], case="a"))
    points = json.loads(text)["tracks"][0]["points"]
    assert [point["outcomes"] for point in points] == [[1.0, 0.0], []]
    assert [row["outcomes"] for row in rows(history_csv([TOLD], case="a"))] == ["1 0", ""]


def test_the_table_has_a_row_for_each_point() -> None:
    assert history_csv([TOLD]) == snapshot(
        """\
policy,prompt,evalset,at,commit,version,version_hash,models,cases,trials,rate,low,high,turns,released_at,released_by,released_why
.github/evalgate.yml,p,set,2026-01-02T00:00:00Z,c0ffee,v1,h,m n,2,3,0.666667,0.25,1.0,version cases,2026-01-01,ann,tone
.github/evalgate.yml,p,set,,,v1,h,m n,0,3,0.666667,0.25,1.0,,,,
"""
    )


def test_without_a_track_there_are_the_titles_alone() -> None:
    assert rows(history_csv([])) == []
    assert history_csv([]).startswith("policy,prompt,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r=", "＝", "＋", "－", "＠"])  # noqa: RUF001 - full width
def test_no_text_is_a_formula(start: str) -> None:
    hostile = f"{start}HYPERLINK(1)"
    move = replace(MOVE, by=hostile, why=hostile, at=hostile)
    point = replace(POINT, version=hostile, models=(hostile,))
    told = replace(
        TOLD, prompt=hostile, evalset=hostile, points=(ToldPoint(point=point, released=move),)
    )
    (row,) = rows(history_csv([told]))
    named = ("prompt", "evalset", "version", "models", "released_at", "released_by", "released_why")
    assert all(row[name].startswith("'") or row[name][0] == "\u240d" for name in named)


@pytest.mark.parametrize("text", ['a,"b"', "two\nlines", "a\u2028b", "\x1b[2J", "x\ud800"])
def test_no_text_leaves_its_cell(text: str) -> None:
    (first, second) = rows(history_csv([replace(TOLD, prompt=text, evalset="=1")]))
    assert (first["evalset"], second["evalset"]) == ("'=1", "'=1")
    assert "\x1b" not in first["prompt"]


def test_no_line_is_a_workflow_command() -> None:
    text = history_csv([replace(TOLD, prompt="::error::x\n::warning::y")])
    assert "::" not in text.replace(":\u200b:", "")
