"""The columns of the call log as readers know them: their types in DuckDB, and what a line is."""

from collections.abc import Mapping

from evalgate.model.log_answer import LineKind

CALL, EVENT = "call/1", "event/1"

COLUMNS: Mapping[str, str] = {
    "schema": "VARCHAR",
    "ts": "TIMESTAMP",
    "request_id": "VARCHAR",
    "trace_id": "VARCHAR",
    "feature": "VARCHAR",
    "prompt": "VARCHAR",
    "version": "VARCHAR",
    "prompt_hash": "VARCHAR",
    "arm": "VARCHAR",
    "assigned_by": "VARCHAR",
    "pointer": "VARCHAR",
    "prefix": "VARCHAR",
    "served_by": "VARCHAR",
    "degraded": "BOOLEAN",
    "error": "VARCHAR",
    "stop_reason": "VARCHAR",
    "model_asked": "VARCHAR",
    "model": "VARCHAR",
    "route": "VARCHAR",
    "provider": "VARCHAR",
    "region": "VARCHAR",
    "provider_request_id": "VARCHAR",
    "user": "VARCHAR",
    "conversation": "VARCHAR",
    "key_id": "VARCHAR",
    "latency_ms": "BIGINT",
    "streamed": "BOOLEAN",
    "ttft_ms": "BIGINT",
    "input_tokens": "BIGINT",
    "cache_read_tokens": "BIGINT",
    "cache_write_5m_tokens": "BIGINT",
    "cache_write_1h_tokens": "BIGINT",
    "output_tokens": "BIGINT",
    "cost_usd": "DOUBLE",
    "price_rev": "VARCHAR",
    "may_be_billed": "BIGINT",
    "age_s": "DOUBLE",
    "smell": "VARCHAR[]",
    "sampled": "DOUBLE",
    "tries_count": "BIGINT",
    "tries": (
        "STRUCT(rung VARCHAR, route VARCHAR, provider VARCHAR, region VARCHAR, model VARCHAR,"
        " failure VARCHAR, abandoned BOOLEAN, latency_ms BIGINT, request_id VARCHAR,"
        " cost_usd DOUBLE)[]"
    ),
    "app_rev": "VARCHAR",
    "sdk": "VARCHAR",
    "settings": "VARCHAR",
}
"""The keys of a call's line, in their order; lines that were written earlier may lack the last."""

MEMORY = ("cache", "shared", "stale_cache")
"""Who serves a call without asking a model for it."""

NOBODY, REFUSAL = "nobody", "refusal"


def kind_of(schema: str | None, *, has_instant: bool) -> LineKind:
    """Return what a line is, by what it says of itself."""
    if schema == CALL:
        return LineKind.CALL if has_instant else LineKind.UNREADABLE
    if schema == EVENT:
        return LineKind.EVENT
    return LineKind.OTHER if schema else LineKind.UNREADABLE
