"""Facts about a rollout for machines."""

import json
import re
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.model.rollout import ArmRate, Lack, RolloutReport
from evalgate.reporting.rollout_file import MOST, rollout_document
from tests.unit.reporting.rollouts import (
    every,
    healthy,
    nothing_known,
    promoted,
    rolled_back,
    worse,
)

FORMATS = Path(__file__).parents[3] / "docs/formats.md"


def read(report: RolloutReport) -> dict[str, object]:
    """The document as a strict reader of JSON has it."""

    def refuse(name: str) -> object:
        raise ValueError(name)

    text = json.dumps(rollout_document(report), allow_nan=False)
    loaded: dict[str, object] = json.loads(text, parse_constant=refuse)
    return loaded


def test_the_whole_of_it() -> None:
    before = healthy()
    report = replace(
        before, evidence=replace(before.evidence, criteria=before.evidence.criteria[:1])
    )
    assert rollout_document(report) == snapshot(
        {
            "schema": "rollout/1",
            "prompt": "support-reply",
            "stable": "v2",
            "version": "v3",
            "hash": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "phase": "serving",
            "percent": 5.0,
            "to": 25.0,
            "verdict": "inconclusive",
            "outcome": "hold",
            "expired": False,
            "headline": "v3 of support-reply: hold at 5 %, two things are missing, about 3 h 20 min at this traffic",
            "reasons": [
                {"code": "units", "message": "40 of 100 scored units of each arm are missing."},
                {"code": "proof", "message": "the proof for quality is at 2.1 of 3"},
            ],
            "lacks": [
                {
                    "code": "units",
                    "message": "40 of 100 scored units of each arm are missing.",
                    "until": "2026-11-17T14:32:00Z",
                },
                {
                    "code": "proof",
                    "message": "the proof for quality is at 2.1 of 3",
                    "until": "2026-11-17T13:25:20Z",
                },
            ],
            "ready_at": "2026-11-17T14:32:00Z",
            "harm": 1.52477,
            "harm_limit": 20.0,
            "proof_needed": 3.0,
            "criteria": [
                {
                    "criterion": "quality",
                    "stable": {
                        "units": 60,
                        "failed": 4.0,
                        "rate": 0.0666667,
                        "low": 0.0,
                        "high": 0.221586,
                    },
                    "canary": {
                        "units": 60,
                        "failed": 4.0,
                        "rate": 0.0666667,
                        "low": 0.0,
                        "high": 0.221586,
                    },
                    "rise": {"estimate": 0.0, "low": -0.125414, "high": 0.125414},
                    "max_rise": 0.05,
                    "limit": None,
                    "unknown": {"stable": 0, "canary": 0},
                    "proof": 2.44541,
                    "harm": 1.14358,
                }
            ],
            "split": {
                "percent": 5.0,
                "stable": 1190,
                "canary": 61,
                "p_value": 1.0,
                "is_skewed": False,
            },
            "scored": {"stable": 60, "canary": 60},
            "scored_needed": 100,
            "assigned": {"stable": 1190, "canary": 61},
            "per_hour": 18.0,
            "left_out": {"crossed": 212, "other_version": 1, "pinned": 3},
            "remarks": ["2 scores are of calls that the log does not have."],
            "started": "2026-11-17T08:00:00Z",
            "since": "2026-11-17T08:00:00Z",
            "at_full": None,
            "steps": [{"percent": 5.0, "since": "2026-11-17T08:00:00Z", "until": None}],
            "stages": [5.0, 25.0, 50.0, 100.0],
            "offline_run": "20261117-075500-1a2b3c",
            "history": [
                {
                    "at": "2026-11-17 08:00 UTC",
                    "state": "preflight",
                    "by": "ann",
                    "why": "replies in the customer's language",
                },
                {
                    "at": "2026-11-17 08:00 UTC",
                    "state": "serving at 5 %",
                    "by": "ann",
                    "why": "replies in the customer's language",
                },
            ],
            "moved": "",
            "command": "evalgate rollout status support-reply",
            "run_url": "https://github.example/acme/shop/actions/runs/1",
            "at": "2026-11-17T11:12:00Z",
        }
    )


@pytest.mark.parametrize(
    ("name", "verdict", "outcome"),
    [
        ("healthy", "inconclusive", "hold"),
        ("ready", "pass", "advance"),
        ("preflight", "pass", "advance"),
        ("worse", "fail", "roll_back"),
        ("costly", "fail", "roll_back"),
        ("held", "inconclusive", "hold"),
        ("skewed", "inconclusive", "hold"),
        ("nothing_known", "inconclusive", "hold"),
        ("promoted", "pass", "hold"),
        ("rolled_back", "fail", "roll_back"),
    ],
)
def test_a_tool_that_waits_for_a_verdict_finds_one(name: str, verdict: str, outcome: str) -> None:
    document = read(every()[name])
    assert (document["verdict"], document["outcome"]) == (verdict, outcome)


@pytest.mark.parametrize("report", every().values(), ids=every())
def test_every_document_has_the_same_keys_in_the_same_order(report: RolloutReport) -> None:
    assert list(read(report)) == list(rollout_document(healthy()))


def test_numbers_that_json_does_not_have_are_capped_or_null() -> None:
    before = worse()
    quality = replace(
        before.evidence.criteria[0],
        harm=inf,
        proof=-inf,
        limit=nan,
        canary=ArmRate(units=1, failed=1e300),
    )
    known = replace(before.evidence, criteria=(quality,), harm=inf, hours=1e-300)
    document = read(replace(before, evidence=known))
    assert document["harm"] == MOST
    assert document["per_hour"] == MOST
    criteria = document["criteria"]
    assert isinstance(criteria, list)
    assert criteria[0]["harm"] == MOST
    assert criteria[0]["proof"] == -MOST
    assert criteria[0]["limit"] is None
    assert criteria[0]["canary"]["failed"] == MOST


def test_small_evidence_is_not_rounded_to_none() -> None:
    before = worse()
    quality = replace(before.evidence.criteria[0], proof=1.23456789e-9)
    document = read(replace(before, evidence=replace(before.evidence, criteria=(quality,))))
    criteria = document["criteria"]
    assert isinstance(criteria, list)
    assert criteria[0]["proof"] == 1.23457e-9


def test_an_instant_that_is_not_known_or_has_no_date_is_null() -> None:
    before = healthy()
    lacks = (Lack(code="a", message="a"), Lack(code="b", message="b", until=inf))
    document = read(replace(before, outlook=replace(before.outlook, lacks=lacks)))
    assert document["ready_at"] is None
    assert document["lacks"] == [
        {"code": "a", "message": "a", "until": None},
        {"code": "b", "message": "b", "until": None},
    ]
    late = replace(before.outlook, lacks=lacks[1:])
    assert read(replace(before, outlook=late))["ready_at"] is None


def test_the_harm_of_a_criterion_is_weighted() -> None:
    document = read(healthy())
    criteria = document["criteria"]
    assert isinstance(criteria, list)
    quality = healthy().evidence.criteria[0]
    assert criteria[0]["harm"] == pytest.approx(0.75 * quality.harm, rel=1e-5)


def test_without_units_rates_and_rise_are_null() -> None:
    document = read(nothing_known())
    criteria = document["criteria"]
    assert isinstance(criteria, list)
    assert criteria[0]["rise"] is None
    assert criteria[0]["stable"] == {"units": 0, "failed": 0, "rate": None, "low": 0, "high": 1}
    assert document["split"] is None


def test_the_end_of_a_rollout_is_told() -> None:
    assert read(promoted())["at_full"] == "2026-11-19T04:00:00Z"
    assert read(rolled_back())["percent"] == 0


def test_every_key_is_documented_and_no_other() -> None:
    section = FORMATS.read_text("utf-8").partition("## `rollout/1`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    named = [key for row in rows for key in re.findall(r"`(\w+)(?:\[\])?`", row)]
    assert sorted(named) == sorted(rollout_document(healthy()))


@pytest.mark.parametrize("report", every().values(), ids=every())
def test_the_same_report_gives_the_same_document(report: RolloutReport) -> None:
    assert read(report) == read(report)
