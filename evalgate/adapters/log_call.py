"""Reads the columns of one call from its line, and nothing else that the line may hold."""

from msgspec import MsgspecError
from msgspec.json import Decoder

from evalgate.adapters.log_columns import CALL, COLUMNS
from evalgate.model.document import Data
from evalgate.model.log_answer import LoggedCall

_OBJECTS = Decoder(dict)
_ATTEMPT = tuple(part.split()[0] for part in COLUMNS["tries"].removeprefix("STRUCT(").split(", "))
"""The keys of an attempt."""


def call_of(line: bytes) -> LoggedCall | None:
    """Return the columns of a call in their order, None where the line is no call.

    Keys that are no columns are dropped: other programs may write what must not be shown.
    """
    try:
        data: dict[str, Data] = _OBJECTS.decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if data.get("schema") != CALL:
        return None
    return {name: _shown(name, data.get(name)) for name in COLUMNS}


def ids_of(call: LoggedCall) -> frozenset[str]:
    """Return the ids that a call can be found by: its own, the trace's and the providers'."""
    own = [call.get(name) for name in ("request_id", "trace_id", "provider_request_id")]
    tries = call.get("tries")
    attempts = tries if isinstance(tries, list) else []
    own.extend(each.get("request_id") for each in attempts if isinstance(each, dict))
    return frozenset(each for each in own if isinstance(each, str))


def _shown(name: str, value: Data) -> Data:
    if name != "tries" or not isinstance(value, list):
        return value if not isinstance(value, dict) else None
    return [{key: each.get(key) for key in _ATTEMPT} for each in value if isinstance(each, dict)]
