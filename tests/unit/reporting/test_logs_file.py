"""Facts about what machines are told: the document `logs/1`, and CSV."""

import json

from inline_snapshot import snapshot

from evalgate.model.log_question import Key
from evalgate.reporting.logs_file import (
    answer_csv,
    answer_document,
    slowest_csv,
    slowest_document,
)
from tests.unit.reporting.logs_examples import CALL, COST, ERRORS, LATENCY, told


def test_the_document_says_what_was_asked_what_was_read_and_what_came_of_it() -> None:
    document = answer_document(told("cost", Key.FEATURE, Key.HOUR), COST)
    assert json.loads(json.dumps(document)) == snapshot(
        {
            "schema": "logs/1",
            "question": "cost",
            "by": ["feature", "hour"],
            "since": "2026-11-21T12:00:00Z",
            "until": None,
            "where": {"user": ["", "ab"], "arm": ["canary"]},
            "files": {
                "read": 2,
                "bytes": 1234567,
                "other_days": 3,
                "repeated": 1,
                "growing": 0,
                "cut_off": [],
            },
            "lines": {
                "total": 10,
                "calls": 6,
                "events": 1,
                "unreadable": 1,
                "other_schema": 1,
                "empty": 1,
            },
            "calls_asked_for": 5,
            "groups": 3,
            "rows": [
                {
                    "feature": "search",
                    "hour": "2026-11-21T12:00Z",
                    "calls": 3,
                    "cost_usd": 1.5,
                    "usd_per_call": 0.5,
                    "share": 0.75,
                    "unpriced": 0,
                    "cached": 1,
                    "input_tokens": 9,
                    "cache_read_tokens": 0,
                    "cache_write_tokens": 0,
                    "output_tokens": 0,
                },
                {
                    "feature": None,
                    "hour": "2026-11-21T12:00Z",
                    "calls": 1,
                    "cost_usd": None,
                    "usd_per_call": None,
                    "share": None,
                    "unpriced": 1,
                    "cached": 0,
                    "input_tokens": 0,
                    "cache_read_tokens": 0,
                    "cache_write_tokens": 0,
                    "output_tokens": 0,
                },
            ],
            "total": {
                "calls": 5,
                "cost_usd": 2.0,
                "usd_per_call": 0.5,
                "share": 1.0,
                "unpriced": 1,
                "cached": 1,
                "input_tokens": 12000,
                "cache_read_tokens": 0,
                "cache_write_tokens": 0,
                "output_tokens": 0,
            },
        }
    )


def test_a_spread_that_is_not_known_is_null() -> None:
    document = answer_document(told("latency", Key.FEATURE), LATENCY)
    assert document["rows"] == snapshot(
        [
            {
                "feature": "search",
                "calls": 4,
                "left_out": 1,
                "latency_ms": {
                    "calls": 3,
                    "p50": 900,
                    "p90": 1000,
                    "p95": 1100,
                    "p99": 1200,
                    "max": 12345,
                },
                "ttft_ms": None,
            },
            {"feature": "mail", "calls": 1, "left_out": 1, "latency_ms": None, "ttft_ms": None},
        ]
    )


def test_errors_and_failures_come_with_the_most_frequent_first() -> None:
    document = answer_document(told("errors", Key.ROUTE), ERRORS)
    assert document["total"] == snapshot(
        {
            "calls": 5,
            "unanswered": 2,
            "unanswered_rate": 0.4,
            "degraded": 1,
            "refused": 1,
            "errors": {"overloaded": 2, "timeout": 1},
            "attempts": 8,
            "failed_attempts": 5,
            "failures": [
                {"route": "eu", "failure": "overloaded", "attempts": 3},
                {"route": "", "failure": "timeout", "attempts": 2},
            ],
            "may_be_billed": 1,
        }
    )


def test_csv_has_a_column_for_every_number() -> None:
    assert answer_csv(told("cost", Key.FEATURE, Key.HOUR), COST) == snapshot("""\
feature,hour,calls,cost_usd,usd_per_call,share,unpriced,cached,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens
search,2026-11-21T12:00Z,3,1.5,0.5,0.75,0,1,9,0,0,0
,2026-11-21T12:00Z,1,,,,1,0,0,0,0,0
""")
    assert answer_csv(told("latency", Key.FEATURE), LATENCY) == snapshot("""\
feature,calls,left_out,latency_ms_calls,latency_ms_p50,latency_ms_p90,latency_ms_p95,latency_ms_p99,latency_ms_max,ttft_ms_calls,ttft_ms_p50,ttft_ms_p90,ttft_ms_p95,ttft_ms_p99,ttft_ms_max
search,4,1,3,900,1000,1100,1200,12345,,,,,,
mail,1,1,,,,,,,,,,,,
""")
    assert answer_csv(told("errors", Key.ROUTE), ERRORS) == snapshot("""\
route,calls,unanswered,unanswered_rate,degraded,refused,attempts,failed_attempts,may_be_billed
eu,5,2,0.4,1,1,8,5,1
""")


def test_slow_calls_are_told_without_formulas_and_in_json_with_their_attempts() -> None:
    assert slowest_csv([CALL]).splitlines()[1] == snapshot(
        "1500,,2026-11-21T12:00:00.000Z,r1,,'=search␛[31m,,,,,,,primary,,,,,,2"
    )
    document = slowest_document(told("slowest"), [CALL])
    assert isinstance(document["calls"], list)
    (call,) = document["calls"]
    assert isinstance(call, dict)
    assert call["tries"] == CALL["tries"]
