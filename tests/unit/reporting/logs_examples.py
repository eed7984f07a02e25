"""Answers from a log for tests of how they are told."""

from evalgate.model.log_answer import (
    Account,
    Answer,
    CostRow,
    ErrorRow,
    LatencyRow,
    LoggedCall,
    Spread,
)
from evalgate.model.log_question import Key, LogQuestion, Selection
from evalgate.reporting.logs_told import LogReading, LogTold

HOUR = 1_795_262_400 // 3_600
ACCOUNT = Account(lines=10, calls=6, events=1, unreadable=1, other=1, empty=1, chosen=5)


def told(verb: str, *by: Key, account: Account = ACCOUNT) -> LogTold:
    where = Selection(
        since=1_795_262_400_000_000, values={Key.USER: ("", "ab"), Key.ARM: ("canary",)}
    )
    reading = LogReading(files=2, bytes=1_234_567, other_days=3, repeated=1, engine="DuckDB")
    question = LogQuestion(by=by, where=where)
    return LogTold(verb=verb, question=question, reading=reading, account=account)


COST = Answer(
    account=ACCOUNT,
    rows=(
        CostRow(key=("search", HOUR), calls=3, nano_usd=1_500_000_000, input_tokens=9, cached=1),
        CostRow(key=(None, HOUR), calls=1, unpriced=1),
    ),
    total=CostRow(calls=5, nano_usd=2_000_000_000, unpriced=1, cached=1, input_tokens=12_000),
    groups=3,
)
LATENCY = Answer(
    account=ACCOUNT,
    rows=(
        LatencyRow(
            key=("search",),
            calls=4,
            left_out=1,
            whole=Spread(of=3, p50=900, p90=1_000, p95=1_100, p99=1_200, most=12_345),
        ),
        LatencyRow(key=("mail",), calls=1, left_out=1),
    ),
    total=LatencyRow(calls=5, left_out=2),
    groups=2,
)
_ERRORS = ErrorRow(
    key=("eu",),
    calls=5,
    unanswered=2,
    degraded=1,
    refused=1,
    attempts=8,
    may_be_billed=1,
    errors={"timeout": 1, "overloaded": 2},
    failures={("", "timeout"): 2, ("eu", "overloaded"): 3},
)
ERRORS = Answer(account=ACCOUNT, rows=(_ERRORS,), total=_ERRORS, groups=1)
CALL: LoggedCall = {
    "ts": "2026-11-21T12:00:00.000Z",
    "request_id": "r1",
    "feature": "=search\x1b[31m",
    "latency_ms": 1_500,
    "served_by": "primary",
    "error": None,
    "cost_usd": None,
    "tries_count": 2,
    "tries": [
        {"rung": "first", "route": "eu", "failure": "timeout", "abandoned": True, "latency_ms": 9},
        {"rung": "retry", "route": "us", "failure": None, "latency_ms": 7, "request_id": "q2"},
    ],
}
